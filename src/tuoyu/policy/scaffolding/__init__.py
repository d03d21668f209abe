"""From the reading of a document to the draft of a pack, everything uncertain marked for a person."""

from tuoyu.policy.scaffolding.drafting import draft_of
from tuoyu.policy.scaffolding.files import content_of, files_of
from tuoyu.policy.scaffolding.heads import slug_of
from tuoyu.policy.scaffolding.marking import marks_of, only_lacks
from tuoyu.policy.scaffolding.model import Draft, Mark

__all__ = ["Draft", "Mark", "content_of", "draft_of", "files_of", "marks_of", "only_lacks", "slug_of"]
