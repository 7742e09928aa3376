"""What is told only to be called untrue: `reports that men were shot are false`, `it is a lie that …`, `dismissed claims that …`."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words

TOLD_BY = rule_words("untrue.told_by")
UNTRUE = rule_words("untrue.untrue")
TRUE = frozenset({"true", "correct", "accurate"})
INVENTED = rule_words("untrue.invented")
REFUSED = rule_words("untrue.refused")
CALLED = rule_words("untrue.called")
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
FURTHEST = 8


def called_untrue(head: Token) -> Token | None:
    """The word by which what a verb or noun tells is called untrue by whoever speaks, None where nobody does.

    The way up leads through the clauses and phrases that say what a report is about; a report that is only mentioned is not denied.
    """
    token = head
    for _ in range(FURTHEST):
        up = token.head
        if up.i == token.i:
            return None
        if (
            token.i > up.i
            and token.dep_ in {"ccomp", "csubj", "acl", "relcl"}
            and (word := _predicated(up)) is not None
        ):
            return word  # `it is not true that …`, `it is a lie that …`
        if token.lemma_.lower() in TOLD_BY and token.i != head.i:
            return _of_a_report(token)
        if token.pos_ in {"VERB", "AUX"} and token.dep_ not in {"acl", "relcl", "ccomp", "pcomp", "conj", "xcomp"}:
            return None
        token = up
    return None


def _of_a_report(noun: Token) -> Token | None:
    verb = noun.head
    if noun.dep_ in SUBJECTS:
        if verb.lemma_.lower() in INVENTED:
            return verb
        return _predicated(verb)
    if noun.dep_ not in {"dobj", "pobj"}:
        return None
    if noun.dep_ == "pobj":  # `dismissed as false reports that …` is parsed as the object of `as`
        word = next((c for c in noun.children if c.dep_ == "amod" and c.lower_ in UNTRUE), None)
        return word if verb.lower_ == "as" and verb.head.lemma_.lower() in REFUSED | CALLED else None
    if verb.lemma_.lower() in REFUSED and not any(c.dep_ == "neg" for c in verb.children):
        return verb
    if verb.lemma_.lower() not in CALLED:
        return None
    within = {t.i for t in noun.subtree}
    return next((t for t in verb.subtree if t.i > verb.i and t.i not in within and t.lemma_.lower() in UNTRUE), None)


def _predicated(verb: Token) -> Token | None:
    """What a form of `be` says: that something is untrue, or not true."""
    if verb.lemma_.lower() in UNTRUE | TRUE:  # the adjective or noun may carry the clause
        said, verb = verb, verb.head
        if not any(c.lower_ == "it" and c.dep_ in SUBJECTS for c in verb.children):
            return None
    else:
        said = next((c for c in verb.children if c.dep_ in {"acomp", "attr", "oprd"}), verb)
    if verb.lemma_.lower() != "be":
        return None
    no = next((c for c in (*verb.children, *said.children) if c.dep_ == "neg"), None)
    words = [said, *(c for c in said.children if c.dep_ == "conj")]
    if no is None:
        return next((w for w in words if w.lemma_.lower() in UNTRUE), None)
    return no if any(w.lemma_.lower() in TRUE for w in words) else None
