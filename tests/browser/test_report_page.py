"""The report in a real browser without a network: nothing overflows or overlaps, no error, no serious axe fault.

The page is shown in a frame as wide as a desk's or a phone's screen, with a script of ours added that measures it. Dark
screens and paper are had by applying their style rules everywhere.
"""

import html
import json
import math
import re
import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from results_folder import CLASSES, FEATURES, write_results

from lctransfer import report
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.report.results import Results, read

SCHEMES = {
    "light": None,
    "dark": "@media (prefers-color-scheme: dark)",
    "print": "@media print",
}
MEASURE = """
const scrolls = (node) => {
  const kinds = ['auto', 'hidden'];
  while (node && !kinds.includes(getComputedStyle(node).overflowX)) node = node.parentElement;
  return Boolean(node);
};
const shown = (node) => node.getClientRects().length && getComputedStyle(node).visibility !== 'hidden';
const name = (node) => node.tagName + '#' + (node.id || node.closest('[id]')?.id) + ' ' + node.textContent.slice(0, 40);
function wide() {
  const edge = document.documentElement.clientWidth + 1;
  return [...document.body.querySelectorAll('*')]
    .filter((node) => shown(node) && !node.closest('.skip') && node.getBoundingClientRect().right > edge)
    .filter((node) => !scrolls(node)).map(name);
}
function pairs(nodes, share) {
  const boxes = nodes.map((node) => [node, node.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  const found = [];
  boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
    const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const least = Math.min(a.width * a.height, b.width * b.height);
    if (x > 0 && y > 0 && x * y > share * least) found.push(name(one) + ' and ' + name(two));
  }));
  return found;
}
async function measure() {
  document.querySelectorAll('details').forEach((node) => node.open = true);
  const blocks = [...document.querySelectorAll('header, nav, section > *, .figures > *, footer')];
  const leaves = blocks.filter((node) => !blocks.some((other) => other !== node && node.contains(other)));
  const texts = (svg) => [...svg.querySelectorAll('g[id*="-text_"]')];
  const words = [...document.querySelectorAll('svg')].map((svg) => pairs(texts(svg), 0.1));
  const first = [...document.querySelectorAll('figure svg')].find(shown);
  const result = {width: document.documentElement.clientWidth, wide: wide(), blocks: pairs(leaves, 0.01),
    words: words.flat(), top: first.getBoundingClientRect().top + scrollY};
  const {violations} = await axe.run(document, {resultTypes: ['violations']});
  result.axe = violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' | '));
  parent.postMessage(JSON.stringify(result), '*');
}
window.addEventListener('load', () => measure().catch((error) => parent.postMessage('failed: ' + error, '*')));
"""
ACT = """
const point = (svg, x, y) => {
  const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  return {clientX: at.x, clientY: at.y, bubbles: true};
};
const within = (figure) => [...figure.querySelectorAll('svg[data-name]')].find((svg) => svg.getClientRects().length);
const drawings = () => JSON.parse(document.getElementById('drawings').textContent);
// What is said at each point of a drawing, with the ids of its lines.
function spoken(figure) {
  const svg = within(figure), {curves} = drawings()[svg.dataset.name];
  return curves.flatMap((curve) => curve.points.map(([x, y]) => {
    svg.dispatchEvent(new PointerEvent('pointermove', point(svg, x, y)));
    return figure.querySelector('.tip').hidden ? '' : figure.querySelector('.tip').textContent;
  }));
}
// Where a drawing's ticks and first dot are, before a zoom, in it, and after it.
function zoomed(figure) {
  const svg = within(figure), name = svg.dataset.name, {curves, panels} = drawings()[name];
  const state = () => {
    const group = svg.querySelector(`[id="${name}-${curves[0].id}"]`), dots = group.querySelectorAll('use[x]');
    const x = (node) => Number(node.getAttribute('x')), first = svg.querySelector(`[id="${name}-axes_1"]`);
    const numbers = [...first.querySelectorAll('.ticks text')].map((node) => [node.textContent, x(node)]);
    const kept = [...first.querySelectorAll('[id*="xtick_"]')].filter((node) => node.style.display !== 'none');
    return {...panels[0].x, dots: [...dots].map(x), numbers, kept: kept.length, box: panels[0].box};
  };
  const before = state();
  figure.querySelector('[aria-label="Zoom in"]').click();
  figure.querySelector('[aria-label="Zoom in"]').click();
  const during = state();
  figure.querySelector('[aria-label^="Show all"]').click();
  return [before, during, state()];
}
async function measure() {
  const found = {}, all = drawings();
  const lines = document.getElementById('label-efficiency'), svg = within(lines);
  const curve = all[svg.dataset.name].curves[0], [x, y] = curve.points[0];
  svg.dispatchEvent(new PointerEvent('pointermove', point(svg, x, y)));
  found.said = lines.querySelector('.tip').textContent;
  const drawn = document.getElementById(`${svg.dataset.name}-${curve.id}`);
  const knob = [...lines.querySelectorAll('.switch')].find((node) => node.textContent === curve.name);
  knob.click();
  found.hidden = [drawn.getClientRects().length, knob.getAttribute('aria-pressed')];
  const same = [...document.querySelectorAll('.switch')].filter((node) => node.textContent === curve.name);
  const state = (node) => `${node.closest('figure').id.split('-')[0]} ${node.getAttribute('aria-pressed')}`;
  found.elsewhere = [...new Set(same.map(state))].sort();
  svg.dispatchEvent(new PointerEvent('pointermove', point(svg, x, y)));
  found.saidOfHidden = lines.querySelector('.tip').hidden ? '' : lines.querySelector('.tip').textContent;
  knob.click();
  found.shown = drawn.getClientRects().length;
  found.zoom = zoomed(document.getElementById('precision-recall-asas'));
  found.lineZoom = zoomed(lines);
  const others = ['feature-importance', 'precision-recall-asas', 'source-precision-recall', 'novelty-asas',
    'sensitivity-asas'];
  found.bars = others.map((name) => [name, spoken(document.getElementById(name))]);
  const figure = document.querySelector('figure[id^="confusion-"]'), grid = within(figure);
  const {cells, stars_of} = all[grid.dataset.name], {stars} = all[stars_of ?? grid.dataset.name], star = stars[0];
  const [row, column] = [star.true, star.predicted].map((name) => cells.classes.indexOf(name));
  const cell = [cells.left + (column + 0.5) * cells.width, cells.top + (row + 0.5) * cells.height];
  grid.dispatchEvent(new PointerEvent('click', point(grid, ...cell)));
  found.panel = figure.querySelector('.stars').textContent;
  found.folded = figure.querySelectorAll('.stars svg').length;
  found.expected = stars.filter((one) => one.true === star.true && one.predicted === star.predicted).length;
  found.cell = `true ${star.true.replaceAll('_', ' ')}, predicted ${star.predicted.replaceAll('_', ' ')}`;
  found.wide = wide();
  const {violations} = await axe.run(figure, {resultTypes: ['violations']});
  found.axe = violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id);
  parent.postMessage(JSON.stringify(found), '*');
}
"""
FRAME = """<!doctype html><body style="margin:0"><iframe src="{page}" style="border:0;width:{width}px;height:844px">
</iframe><pre id="found"></pre><script>
addEventListener('message', (event) => document.getElementById('found').textContent = event.data);</script>"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return results on made-up stars, with a source model that was never trained."""
    found = read(*write_results(tmp_path_factory.mktemp("page"), stars=180))
    torch.manual_seed(0)
    scaler = Scaler.fit(np.random.default_rng(0).uniform(0.1, 9, (40, 16)), FEATURES)
    SourceModel(Network(16, len(CLASSES), (8,)), scaler, tuple(CLASSES)).save(found.directory / "source")
    return found


@pytest.fixture(scope="module")
def page(results):
    """Return the text of their report."""
    report.build(results.directory, results.data)
    return (results.directory / "report.html").read_text()


@pytest.fixture(scope="module")
def browse(chromium, axe):
    """Return a function that shows a page in a frame and returns what was measured and what Chromium logged."""
    return partial(_browse, chromium, axe)


def _browse(
    chromium: str, axe: str, folder: Path, text: str, width: int, scheme: str, act: str = ""
) -> tuple[dict, str]:
    rules = SCHEMES[scheme]
    styled = text.replace(rules, "@media all") if rules else text
    assert not rules or styled != text
    scripts = f"<script>{axe}</script><script>{MEASURE}{act}</script>"
    (folder / "page.html").write_text(styled.replace("</head>", f"{scripts}</head>"))
    (folder / "frame.html").write_text(FRAME.format(page="page.html", width=width))
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", f"--window-size={width + 40},900"]
    command += ["--virtual-time-budget=120000", "--dump-dom", f"file://{folder / 'frame.html'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    found = html.unescape(re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL).group(1))
    return json.loads(found), done.stderr


@pytest.mark.parametrize(
    ("width", "scheme"), [(1400, "light"), (390, "light"), (1400, "dark"), (390, "dark"), (700, "print")]
)
def test_the_page_fits_its_screen(browse, page, tmp_path, width, scheme):
    found, log = browse(tmp_path, page, width, scheme)
    assert abs(found["width"] - width) <= 20  # a scroll bar may take some
    assert found["wide"] == []
    assert found["blocks"] == []
    assert found["words"] == []
    assert not [line for line in log.splitlines() if "CONSOLE" in line]
    assert found["axe"] == []


def test_a_phone_shows_the_first_figure_on_its_first_screen(browse, page, tmp_path):
    assert 0 < browse(tmp_path, page, 390, "light")[0]["top"] < 844


def _check_zoom(before: dict, during: dict, after: dict, dots: int) -> None:
    """Zoomed in twice by 1.5 about the middle: dots, ticks and new numbers all lie where their values are."""
    left, _, right, _ = before["box"]
    middle = (left + right) / 2
    assert len(before["dots"]) == dots
    assert during["dots"] == pytest.approx([middle + 2.25 * (x - middle) for x in before["dots"]], abs=0.05)
    assert after["dots"] == pytest.approx(before["dots"], abs=0.01)
    assert (before["numbers"], after["numbers"], after["kept"]) == ([], [], before["kept"])
    across = [(float(text), x) for text, x in during["numbers"] if x > left]
    assert during["kept"] >= 3 or len(across) >= 2
    low, high = before["ends"]
    for value, x in across:
        share = math.log(value / low) / math.log(high / low) if before["log"] else (value - low) / (high - low)
        assert x == pytest.approx(middle + 2.25 * (left + share * (right - left) - middle), abs=0.3)


def _check_spoken(bars: dict[str, list[str]], results: Results) -> None:
    """Each bar or dot says its class or feature, its value and its count, as the numbers behind it have them."""
    figures = {one.name: one.data for part in report.sections(results) for one in part.figures}
    table = figures["feature-importance"].sort_values("loss", ascending=False)
    said = bars["feature-importance"]
    assert len(said) == 2 * len(table)
    for row, losing, giving in zip(table.itertuples(), said, said[len(table) :]):
        assert losing.startswith(f"{row.feature}: M_c loses {row.loss:.4f} ± {row.spread:.4f} when it is shuffled (")
        assert giving.startswith(f"{row.feature}: mean |contribution| {row.attribution:.4f} nat (")
        assert " stars" in losing
    scores = figures["precision-recall-asas"]
    ends = scores[scores["label fraction"] == 0.20]
    for row in ends.itertuples():
        name = row[2].replace("_", " ")
        score = f"recall {row.recall:.3f} ± {row.recall_std:.3f}, 20% labelled"
        assert f"{name} ({row.stars:.0f} test stars per seed): {score}" in bars["precision-recall-asas"]
    assert any(" test stars): precision " in text for text in bars["source-precision-recall"])
    assert any("left out" in text and " test stars per seed): area 0." in text for text in bars["novelty-asas"])
    assert any(
        re.match(r"extra trees, no transfer: .*M_c on test stars 0\.\d+", text) for text in bars["sensitivity-asas"]
    )


@pytest.mark.parametrize("width", [1400, 390])
def test_the_page_answers_pointer_switch_and_click(browse, page, results, tmp_path, width):
    """The later `measure` of ACT replaces that of MEASURE."""
    found, log = browse(tmp_path, page, width, "light", ACT)
    assert re.match(r"fine-tune all: labelled stars \d+, M_c on test stars 0\.\d+ ± 0\.\d+$", found["said"])
    assert found["hidden"] == [0, "false"]
    assert found["saidOfHidden"] != found["said"]
    assert found["shown"]
    assert found["elsewhere"] == ["calibration false", "differences false", "label false", "novelty false"]
    _check_zoom(*found["zoom"], dots=6)
    _check_zoom(*found["lineZoom"], dots=3)
    _check_spoken(dict(found["bars"]), results)
    assert found["folded"] == found["expected"] >= 1
    assert found["panel"].startswith(found["cell"])
    assert "drawn at random" in found["panel"]
    assert found["wide"] == []
    assert found["axe"] == []
    assert not [line for line in log.splitlines() if "CONSOLE" in line]


def test_the_measuring_script_finds_what_is_wrong(browse, page, tmp_path):
    """Without this, a script that finds nothing would pass for a page without faults."""
    wrong = '<p style="width: 3000px">wide</p><img src="data:,"><script>console.error("loud")</script>'
    figure = '<div class="figures"><div style="margin-bottom: -40px; height: 60px">a</div><div>over it</div></div>'
    found, log = browse(tmp_path, page.replace("</main>", f"<section>{wrong}{figure}</section></main>"), 390, "light")
    assert any("wide" in line for line in found["wide"])
    assert found["blocks"]
    assert "loud" in log
    assert any("image-alt" in line for line in found["axe"])
