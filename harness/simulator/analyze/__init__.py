"""What Postgres's parse analysis says of an expression or a query: its types, what it depends on, or its refusal.

Promised (see the modules):
`query(session, node, scope=None) -> Analysis`; `expression(session, node, scope) -> Expression`;
`type_name(session, node) -> TypeName`; `Scope`.
"""
