"""The gate that every GraphQL document passes before it is validated or executed.

It reads the document alone, knows no schema, and walks every fragment once, so that its own cost
is bounded by the size of the document: a walk without that memory is itself the attack.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graphql import GraphQLError, parse
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    ValueNode,
    VariableNode,
)
from shared.domain.errors import Malformed

# By convention a page is asked for with a required `first: Int!`, so that leaving it out is
# already an error of validation.
PAGE_ARGUMENTS = frozenset({"first", "last"})
REMEMBERED_DOCUMENTS = 256

_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may be. `nesting` counts brackets and keeps the parser from recursing far."""

    document_bytes: int = 8 * 1024
    variables_bytes: int = 16 * 1024
    tokens: int = 600
    nesting: int = 16
    fragments: int = 10
    directives: int = 5
    depth: int = 7
    aliases: int = 15
    cost: int = 1_000
    page: int = 100


class Refused(Malformed):
    """A document that is not executed; the code says which limit it is over."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is left to check when the variables of one request are known."""

    variables: frozenset[str]
    page_variables: frozenset[str]
    is_subscription: bool = False


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far a selection reaches with its fragments written out. `keys` are of its top level."""

    keys: frozenset[str] = frozenset()
    depth: int = 0
    cost: int = 0
    aliases: int = 0


class Gate:
    """Refuses documents over the limits; the verdict on a text is remembered.

    `weights` is what a field costs by its name; a field that asks another service is expensive,
    any other costs one.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        weights: Mapping[str, int] | None = None,
        introspection: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self._weights = weights or {}
        self._introspection = introspection
        self._verdict = lru_cache(maxsize=REMEMBERED_DOCUMENTS)(self._judge)

    def admit(self, document: str, *, subscription: bool = False) -> Admitted:
        """Say what the document still needs checked. Raises Refused.

        A subscription is taken where one is expected, and nothing else there.
        """
        if len(document.encode(errors="replace")) > self.limits.document_bytes:
            raise Refused("document_too_large")
        verdict = self._verdict(document)
        if isinstance(verdict, str):
            raise Refused(verdict)
        if verdict.is_subscription is not subscription:
            raise Refused("subscriptions_only" if subscription else "no_subscriptions")
        return verdict

    def admit_variables(self, admitted: Admitted, variables: Mapping[str, object]) -> None:
        """Refuse variables that the document does not declare and pages that are too long."""
        if not variables.keys() <= admitted.variables:
            raise Refused("unknown_variable")
        for name in admitted.page_variables & variables.keys():
            value = variables[name]
            if type(value) is not int or not 1 <= value <= self.limits.page:
                raise Refused("bad_page")

    def _judge(self, text: str) -> Admitted | str:
        """The verdict, refusals as their code: exceptions would not be remembered."""
        try:
            _check_tokens(text, self.limits)
            document = parse(text, no_location=True)
            return _Survey(document, self.limits, self._weights, self._introspection).verdict()
        except Refused as refusal:
            return refusal.code
        except GraphQLError:
            return "bad_syntax"


def _check_tokens(text: str, limits: Limits) -> None:
    """Count before parsing, because the parser recurses once per bracket."""
    lexer = Lexer(Source(text))
    tokens = nesting = directives = 0
    while (kind := lexer.advance().kind) is not TokenKind.EOF:
        tokens += 1
        nesting += (kind in _OPENING) - (kind in _CLOSING)
        directives += kind is TokenKind.AT
        if tokens > limits.tokens:
            raise Refused("too_many_tokens")
        if nesting > limits.nesting:
            raise Refused("too_deep")
        if directives > limits.directives:
            raise Refused("too_many_directives")


@dataclass(slots=True)
class _Survey:
    """One walk over one document. A fragment in `extents` without a value is being walked."""

    document: DocumentNode
    limits: Limits
    weights: Mapping[str, int]
    introspection: bool
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    extents: dict[str, _Extent | None] = field(default_factory=dict)
    page_variables: set[str] = field(default_factory=set)

    def verdict(self) -> Admitted:
        operation = self._definitions()
        reach = self._measure(operation.selection_set)
        if self.fragments.keys() != self.extents.keys():
            raise Refused("unused_fragment")
        if reach.aliases > self.limits.aliases:
            raise Refused("too_many_aliases")
        definitions = operation.variable_definitions or ()
        for definition in definitions:
            if definition.variable.name.value in self.page_variables and definition.default_value:
                self._page(definition.default_value)
        names = frozenset(definition.variable.name.value for definition in definitions)
        return Admitted(
            names,
            frozenset(self.page_variables),
            operation.operation is OperationType.SUBSCRIPTION,
        )

    def _definitions(self) -> OperationDefinitionNode:
        operations: list[OperationDefinitionNode] = []
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations.append(definition)
            elif isinstance(definition, FragmentDefinitionNode):
                if definition.name.value in self.fragments:
                    raise Refused("repeated_fragment")
                self.fragments[definition.name.value] = definition
            else:
                raise Refused("bad_syntax")
        if len(operations) != 1:
            raise Refused("one_operation")
        if len(self.fragments) > self.limits.fragments:
            raise Refused("too_many_fragments")
        return operations[0]

    def _measure(self, selection_set: SelectionSetNode) -> _Extent:
        total = _Extent()
        for selection in selection_set.selections:
            total = self._add(total, self._extent(selection))
        return total

    def _add(self, one: _Extent, other: _Extent) -> _Extent:
        """Join two parts of one selection.

        A response key may occur once, fragments written out: validation compares every pair of
        fields with the same key, which grows with the square of their number.
        """
        if one.keys & other.keys:
            raise Refused("repeated_field")
        cost = one.cost + other.cost
        if cost > self.limits.cost:
            raise Refused("too_costly")
        return _Extent(
            one.keys | other.keys,
            max(one.depth, other.depth),
            cost,
            one.aliases + other.aliases,
        )

    def _extent(self, selection: SelectionNode) -> _Extent:
        if isinstance(selection, FieldNode):
            return self._field(selection)
        if isinstance(selection, InlineFragmentNode):
            return self._measure(selection.selection_set)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        raise Refused("bad_syntax")

    def _field(self, node: FieldNode) -> _Extent:
        name = node.name.value
        if name.startswith("__") and name != "__typename" and not self.introspection:
            raise Refused("no_introspection")
        below = self._measure(node.selection_set) if node.selection_set else _Extent()
        if below.depth >= self.limits.depth:
            raise Refused("too_deep")
        page = max(
            (self._page(a.value) for a in node.arguments or () if a.name.value in PAGE_ARGUMENTS),
            default=1,
        )
        key = node.alias.value if node.alias else name
        return _Extent(
            frozenset({key}),
            1 + below.depth,
            self.weights.get(name, 1) + page * below.cost,
            bool(node.alias) + below.aliases,
        )

    def _fragment(self, name: str) -> _Extent:
        if name not in self.fragments:
            raise Refused("unknown_fragment")
        if name not in self.extents:
            self.extents[name] = None
            self.extents[name] = self._measure(self.fragments[name].selection_set)
        extent = self.extents[name]
        if extent is None:
            raise Refused("fragment_cycle")
        return extent

    def _page(self, value: ValueNode) -> int:
        """The length of a page; of one given by a variable the longest that will be admitted."""
        if isinstance(value, VariableNode):
            self.page_variables.add(value.name.value)
            return self.limits.page
        longest = self.limits.page
        # The number of digits first: turning very many of them into a number is refused by Python.
        if not isinstance(value, IntValueNode) or len(value.value) > len(str(longest)):
            raise Refused("bad_page")
        if not 1 <= int(value.value) <= longest:
            raise Refused("bad_page")
        return int(value.value)
