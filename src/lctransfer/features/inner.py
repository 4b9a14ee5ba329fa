"""Compile functions that only other compiled functions call, without making each of them runnable on its own.

Numba optimises a function together with all that it calls, makes machine code of it with two entrances for Python, and
does so again for whatever calls it: code that lies five calls deep is made six times. An inner function needs no more
than its intermediate code, which its caller takes up, so that all of it is optimised and made once, in the entry.
"""

import functools
from collections.abc import Callable
from typing import Any

import numba
from numba.core import compiler, registry
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False, "nopython": True}
"""How every function of the features is compiled: threads run beside each other; dividing by zero gives inf."""


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(NativeLowering):
    """Stops at the intermediate code, and keeps it where callers look for it."""

    _name = "inner_lowering"

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.library = codegen.create_library(state.func_id.func_qualname)
        _leave_to_the_caller(state.library)
        state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]._replace(cfunc=object())  # a name for the overload, which nothing calls
        state.targetctx.insert_user_function(lowered.cfunc, lowered.fndesc, [state.library])
        state["cr"] = lowered
        return True


def _leave_to_the_caller(library: Any) -> None:
    """Let a library end as intermediate code: neither optimised as a whole nor made into machine code."""

    def finalize() -> None:
        library._finalize_dynamic_globals()
        library._finalized = True

    library._optimize_final_module = lambda: None
    library._finalize_final_module = finalize


class _InnerCompiler(compiler.CompilerBase):
    def define_pipelines(self) -> list[Any]:
        passes = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        at = next(i for i, (step, _) in enumerate(passes.passes) if step is NativeLowering)
        passes.passes[at] = (_InnerLowering, "intermediate code only")
        passes._finalized = False
        passes.finalize()
        return [passes]


class InnerFunction(registry.CPUDispatcher):
    """A function for compiled callers; Python's calls go to a copy that is compiled as a whole."""

    def add_overload(self, result: Any) -> None:
        """Keep what callers need; there is no machine code that Python could call."""
        self.overloads[tuple(result.signature.args)] = result

    def __call__(self, *arguments: Any) -> Any:
        """Call the function from Python, as tests do."""
        return self._whole(*arguments)

    @functools.cached_property
    def _whole(self) -> Any:
        return numba.jit(**OPTIONS)(self.py_func)


def inner(function: Callable[..., Any], **options: Any) -> InnerFunction:
    """Return a function that compiled functions may call, to be optimised as a part of them."""
    return InnerFunction(function, targetoptions={**OPTIONS, **options}, pipeline_class=_InnerCompiler)
