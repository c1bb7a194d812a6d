package schema

import (
	"fmt"
	"strings"
)

// Dialect names a family of database engines that share one SQL language.
type Dialect string

// The dialects that Retort speaks. MariaDB is a [Flavor] of MySQL.
const (
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql"
	SQLite   Dialect = "sqlite"
)

// Dialects lists all dialects in the order in which reports show them.
var Dialects = []Dialect{Postgres, MySQL, SQLite}

// ParseDialect returns the dialect that a user means by name: the dialect itself or a usual synonym of it, in any
// case. An unknown name is an error that lists the known ones.
func ParseDialect(name string) (Dialect, error) {
	switch strings.ToLower(name) {
	case "postgres", "postgresql", "pg", "pgx":
		return Postgres, nil
	case "mysql", "mariadb":
		return MySQL, nil
	case "sqlite", "sqlite3":
		return SQLite, nil
	}
	return "", fmt.Errorf("unknown dialect %q: use postgres, mysql or sqlite", name)
}

// Flavor tells apart the products that speak one dialect. It is empty for the only or the original one.
type Flavor string

// MariaDB is the flavor of the MySQL dialect whose catalog and DDL differ from Oracle's MySQL.
const MariaDB Flavor = "mariadb"

// Server says which product and version a schema was read from or SQL is written for. A zero Version means the newest
// one that Retort knows.
type Server struct {
	Dialect Dialect `json:"dialect"`
	Flavor  Flavor  `json:"flavor,omitempty"`
	Version Version `json:"version,omitzero"`
}

// String returns the product as people write it, such as "PostgreSQL 15.18" or "MariaDB 10.11.14".
func (s Server) String() string {
	product := map[Dialect]string{Postgres: "PostgreSQL", MySQL: "MySQL", SQLite: "SQLite"}[s.Dialect]
	if s.Flavor == MariaDB {
		product = "MariaDB"
	}
	if s.Version.IsZero() {
		return product
	}
	return product + " " + s.Version.String()
}

// Version is a server version. PostgreSQL 10 and later has no third number.
type Version struct {
	Major, Minor, Patch int
}

// IsZero reports whether the version is unknown.
func (v Version) IsZero() bool { return v == Version{} }

// AtLeast reports whether v is the given version or a later one. An unknown version counts as the newest.
func (v Version) AtLeast(major, minor, patch int) bool {
	if v.IsZero() {
		return true
	}
	if v.Major != major {
		return v.Major > major
	}
	if v.Minor != minor {
		return v.Minor > minor
	}
	return v.Patch >= patch
}

// String returns the version in its usual spelling: "15.18" or "10.11.14".
func (v Version) String() string {
	if v.Patch == 0 && v.Major >= 12 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
