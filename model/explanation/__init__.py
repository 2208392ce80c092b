"""What of a picture led to its answer: the part that was seen, the heat over it, training pictures like it. Knows no torch.

explainer       `Explainer`: a framed picture and its answer to an `Explanation`
activation_map  how much each place speaks for a class, by what the network says of each
drawing         a heat map in colours; the same laid over the photo, with the part that was seen
files           an explanation written as files of pictures
neighbours      small copies of the training pictures beside an export, where its owner wants them; the most similar ones
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.explanation.activation_map import heat_map
    from model.explanation.explainer import SHOWN, Explainer
    from model.explanation.files import write_explanation
    from model.explanation.neighbours import Neighbours, keep_neighbours, neighbours_beside

__all__ = ["SHOWN", "Explainer", "Neighbours", "heat_map", "keep_neighbours", "neighbours_beside", "write_explanation"]
__getattr__ = on_first_use(__name__)
