"""Plots, with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .experiments import Comparison
    from .model import Model

_BLUE, _ORANGE, _GREY = "#4878a8", "#d9822b", "#888888"


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(6.4, 3.6), layout="constrained")[1]


def history(model: Model, ax: Any = None) -> Any:
    """Loss and validation recall over the epochs, the best one marked."""
    frame = model.history_
    ax = _axes(ax)
    if len(frame) == 0:
        ax.text(0.5, 0.5, f"{model.name} is not trained in epochs", ha="center", va="center", transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    (loss,) = ax.plot(frame.index, frame["loss"], color=_GREY, label="loss")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    handles = [loss]
    if "recall@20" in frame:
        right = ax.twinx()
        measured = frame["recall@20"].dropna()
        (line,) = right.plot(measured.index, measured, color=_BLUE, marker=".", label="validation recall@20")
        handles.append(line)
        best = model.best_epoch_
        if best in measured.index:
            right.plot([best], [measured[best]], "o", color=_ORANGE)
            right.annotate(
                f"{measured[best]:.4f}",
                (best, measured[best]),
                textcoords="offset points",
                xytext=(0, -14),
                ha="center",
                color=_ORANGE,
            )
        right.set_ylabel("recall@20")
        right.set_ylim(0, 1.1 * measured.max() if len(measured) and measured.max() > 0 else None)
    ax.legend(handles=handles, loc="center right", frameon=False)
    ax.set_title(model.name)
    return ax


def comparison(result: Comparison, metric: str = "recall@20", ax: Any = None) -> Any:
    """A bar for each method with the standard deviation over seeds, the best last."""
    table = result.table.sort_values(metric)
    ax = _axes(ax)
    deviation = result.deviation.loc[table.index, metric]
    colours = [_ORANGE if label == result.best(metric) else _BLUE for label in table.index]
    ax.barh(table.index, table[metric], xerr=deviation.where(deviation > 0), color=colours, height=0.6)
    for row, (value, end) in enumerate(zip(table[metric], table[metric] + deviation.fillna(0))):
        ax.text(end, row, f" {value:.4f}", va="center", ha="left", fontsize="small")
    ax.set_xlabel(f"{metric} on test")
    ax.margins(x=0.18)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
