module example.com/shop

go 1.26.0

require (
	github.com/retort-db/retort v0.0.0
	github.com/uptrace/bun v1.2.9
)

replace github.com/retort-db/retort => ../..

tool github.com/retort-db/retort/cmd/retort
