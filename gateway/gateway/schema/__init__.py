"""The GraphQL schemas, one file per noun; `public` and `management` assemble them."""
