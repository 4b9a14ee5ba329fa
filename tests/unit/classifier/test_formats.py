"""A catalogue says in sentences which model made it, and what that model is worth."""

from lctransfer.classifier.formats import summary

MCC = {"value": 0.9243, "low": 0.8855, "high": 0.962}


def test_a_fitted_model_is_told_with_its_worth():
    model = {"title": "Classifier of stars", "digest": "ab12", "n_labels": 200, "strategy": "auto", "licence": "CC0"}
    model |= {"expected": {"mcc": MCC}, "measured_on": "200 labelled stars"}
    assert summary({"lctransfer": "0.1.0", "model": model}) == (
        "Classes of variable stars by lctransfer 0.1.0. Model: Classifier of stars (ab12), strategy auto on 200 "
        "labels. Expected MCC 0.924 (0.885 to 0.962), from 200 labelled stars. Licence: CC0."
    )


def test_a_source_as_it_is_is_told_as_that():
    told = summary({"lctransfer": "0.1.0", "model": {"source": "simulated", "digest": "", "n_labels": 0}})
    assert "Model: simulated, without any label of the survey." in told
    assert "Expected" not in told
