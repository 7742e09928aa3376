"""How a clause is told: the clues that are the same for everybody who may have said it."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.chosen.stated import Stated
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.remembered import OF_GENDER
from leadline.extract.claims.sources.who import FIRST_PERSON

ASIDE = rule_words("clauses.aside")
HEDGING = rule_words("clauses.hedging")


def clause_clues(stated: Stated, naming: Naming, head: Token, k: int) -> dict[str, float]:
    """What speaks for one speaker or another, whoever it is: how the clause of `head` is told, in sentence `k`, and where that stands."""
    s, said = stated.sentences[k], stated.all
    here = said[k].paragraph
    f: dict[str, float] = {"bias": 1}
    root = s.root
    f["quoted"] = naming.in_quotation(head)
    f["quote share"] = sum(naming.in_quotation(t) for t in s) / len(s)
    verb = next((t for t in (head, *head.ancestors) if t.pos_ in {"VERB", "AUX"}), head)
    for name, v in (("head", verb), ("root", root)):
        aux = {c.lower_ for c in v.children if c.dep_ in {"aux", "auxpass"}}
        f[f"{name} past"] = v.tag_ == "VBD" or bool(aux & {"was", "were", "did"})
        f[f"{name} perfect"] = "had" in aux
        f[f"{name} has"] = bool(aux & {"has", "have", "'ve"})
        f[f"{name} present"] = v.tag_ in {"VBZ", "VBP"} or bool(aux & {"is", "are", "'re", "do", "does"})
        f[f"{name} modal"] = bool(aux & {"will", "would", "could", "can", "may", "might", "must", "should"})
    f["head is root"] = verb.i == root.i
    f["clause sub"] = any(a.dep_ in {"relcl", "advcl", "acl"} for a in (verb, *verb.ancestors))
    f["clause ccomp"] = any(a.dep_ in {"ccomp", "xcomp"} for a in (verb, *verb.ancestors))
    f["first in par"] = k == 0 or said[k - 1].paragraph != here
    f["headline"] = here == 0
    f["lead"] = here in {1, 2}
    f["position"] = k / len(said)
    f["last par"] = here >= said[-1].paragraph - 1
    words = {t.lower_ for t in s}
    f["hedge"] = bool(words & HEDGING)
    f["aside"] = bool({t.lower_ for t in s[:4]} & ASIDE)
    f["first person"] = bool(words & FIRST_PERSON)
    f["he"] = bool(words & {"he", "his", "him"})
    f["she"] = bool(words & {"she", "her"})
    f["they"] = bool(words & {"they", "their", "them"})
    front = {t.lower_ for t in s[:3]}
    f["front he"] = bool(front & set(OF_GENDER))
    f["front they"] = bool(front & {"they", "their", "them"})
    f["front the"] = s[0].lower_ in {"the", "that", "this", "those", "these"}
    f["front a"] = s[0].lower_ in {"a", "an", "one", "some", "two", "three", "several", "another"}
    f["front in"] = s[0].lower_ in {"in", "on", "at", "after", "when", "since", "by", "under"}
    f["date"] = any(t.ent_type_ == "DATE" for t in s)
    f["number"] = any(t.like_num for t in s)
    f["names"] = any(t.ent_type_ in {"ORG", "GPE"} for t in s)
    f["cue here"] = said[k].marked
    f["root " + root.lemma_.lower()] = 1
    f["verb " + verb.lemma_.lower()] = 1
    f["opens " + s[0].lower_] = 1
    f["long"] = len(s) > 30
    f["short"] = len(s) < 10
    return f
