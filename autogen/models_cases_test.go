package autogen_test

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
)

var onPostgres = []string{servertest.EnginePostgres}

// modelChanges are edits that bun's own migrator gets wrong, or right only sometimes.
var modelChanges = []*modelChange{
	{
		name: "a new column that is not null with a quoted default",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:"type:varchar(50),notnull,default:'it''s none'"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO users (id) VALUES (1)",
		want: []string{"add column users.email varchar(50)"},
	},
	{
		name: "a new column that is not null without a default is a decision",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:",notnull"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:     "INSERT INTO users (id) VALUES (1)",
		decision: "not-null-without-value",
	},
	{
		name: "a new column that is not null with a function as its default, at once",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64     `bun:",pk,autoincrement"`
				CreatedAt     time.Time `bun:",notnull,default:current_timestamp"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO users (id) VALUES (1)",
		want: []string{"add column users.created_at"},
	},
	{
		name: "new columns of special types stay as they are", engines: onPostgres,
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64          `bun:",pk"`
				N             int64          `bun:",autoincrement"`
				Tags          []string       `bun:",array"`
				Codes         []string       `bun:"type:varchar(20)[]"`
				Data          map[string]any `bun:"type:jsonb,default:'{}'"`
				Name          string         `bun:"type:varchar(30)"`
				Price         string         `bun:"type:numeric(10,2)"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO users (id) VALUES (1), (2)",
		want: []string{"add column users.n ", "users.tags ", "users.codes ", "users.data jsonb", "users.name ", "users.price numeric(10,2)"},
	},
	{
		name: "columns go with their unique keys",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:",unique"`
				First         string `bun:"type:varchar(20),unique:names"`
				Last          string `bun:"type:varchar(20),unique:names"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO users (id, email, first, last) VALUES (1, 'a', 'b', 'c')",
		want: []string{"drop column users.email", "drop column users.first", "drop column users.last"},
	},
	{
		name: "a column renamed alone is asked about",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				Fullname      string
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				FullName      string
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:     "INSERT INTO users (id, fullname) VALUES (1, 'Ada')",
		never:    []string{"rename column"},
		decision: "likely-rename",
	},
	{
		name: "several renamed beside others of the same type, as they were stated",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				FirstName     string
				LastName      string
				PasswordHash  string
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				GivenName     string
				FamilyName    string
				City          string
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:    "INSERT INTO users (id, first_name, last_name, password_hash) VALUES (1, 'Ada', 'Lovelace', 'x')",
		options: diff.Options{Renames: diff.NeverRename, Intents: []diff.Intent{{Table: "users", From: "first_name", To: "given_name"}, {Table: "users", From: "last_name", To: "family_name"}}},
		want:    []string{"rename column users.first_name to given_name", "rename column users.last_name to family_name", "drop column users.password_hash", "add column users.city"},
	},
	{
		name: "what goes becomes what comes only if somebody says so",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				PasswordHash  string
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				DisplayName   string
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:     "INSERT INTO users (id, password_hash) VALUES (1, 'secret')",
		want:     []string{"drop column users.password_hash", "add column users.display_name"},
		never:    []string{"rename column"},
		decision: "likely-rename",
	},
	{
		name: "renamed and not null at once",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				Fullname      string
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				FullName      string `bun:",notnull"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:    "INSERT INTO users (id, fullname) VALUES (1, 'Ada')",
		options: diff.Options{Backfill: map[string]string{"users.full_name": "''"}, Intents: []diff.Intent{{Table: "users", From: "fullname", To: "full_name"}}},
		want:    []string{"rename column users.fullname to full_name", "alter column users.full_name: NOT NULL"},
		never:   []string{"drop column"},
	},
	{
		name: "a table with numbers and a new column is renamed",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:",unique"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:accounts"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:",unique"`
				Age           int
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows:    "INSERT INTO users (email) VALUES ('a'), ('b')",
		options: diff.Options{Intents: []diff.Intent{{From: "users", To: "accounts"}}},
		want:    []string{"rename table users to accounts", "add column accounts.age"},
		never:   []string{"drop table", "create table", "sequence"},
	},
	{
		name: "a table that goes does not become one that comes",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Email         string `bun:",unique"`
				Name          string
			}
			type invoice struct {
				bun.BaseModel `bun:"table:invoices"`
				ID            int64  `bun:",pk,autoincrement"`
				Number        string `bun:",unique"`
				Street        string
			}
			return []any{(*user)(nil)}, []any{(*invoice)(nil)}
		},
		options: diff.Options{Renames: diff.AcceptRenames},
		want:    []string{"create table invoices", "drop table users"},
		never:   []string{"rename"},
	},
	{
		name: "integers grow and a decimal keeps its scale",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				N             int32  `bun:"type:integer"`
				Price         string `bun:"type:decimal(10,2)"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				N             int64  `bun:"type:bigint"`
				Price         string `bun:"type:decimal(12,3)"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO orders (n, price) VALUES (7, 1.25)",
		want: []string{"alter column orders.n: type bigint", "alter column orders.price: type"},
	},
	{
		name: "text becomes a number", engines: onPostgres,
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				N             string `bun:",notnull,default:'1'"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				N             int64 `bun:",notnull,default:1"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO orders (n) VALUES ('7')",
		want: []string{"alter column orders.n: type bigint, default 1", `using "n"::bigint`},
	},
	{
		name: "a column with numbers in it becomes serial", engines: onPostgres,
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk"`
				N             int64 `bun:",notnull"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk"`
				N             int64 `bun:",autoincrement"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO orders (id, n) VALUES (1, 70), (2, 71)",
		want: []string{"alter column orders.n: "},
	},
	{
		name: "defaults of words, brackets and numbers change",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				State         string `bun:"type:varchar(20),default:'a'"`
				List          string `bun:"type:varchar(20),default:'{}'"`
				N             int    `bun:",default:1"`
				Gone          int    `bun:",default:1"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				State         string `bun:"type:varchar(20),default:'b'"`
				List          string `bun:"type:varchar(20),default:'[]'"`
				N             int    `bun:",default:2"`
				Gone          int
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		want: []string{"orders.state: default 'b'", "orders.list: default '[]'", "orders.n: default 2", "orders.gone: no default"},
	},
	{
		name: "spellings of defaults are no difference", engines: onPostgres,
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64     `bun:",pk,autoincrement"`
				A             string    `bun:",default:'a'::text"`
				B             string    `bun:"type:jsonb,default:'{}'::jsonb"`
				C             string    `bun:",default:NULL"`
				D             int       `bun:",default:(1+1)"`
				E             time.Time `bun:"type:timestamp,default:(now() at time zone 'utc')"`
				F             time.Time `bun:",default:current_timestamp"`
				G             int       `bun:",default:-1"`
				H             bool      `bun:",default:false"`
			}
			return []any{(*order)(nil)}, []any{(*order)(nil)}
		},
	},
	{
		name: "spellings of types are no difference", engines: onPostgres,
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64     `bun:",pk,identity"`
				A             int64     `bun:"type:int8"`
				B             int       `bun:"type:int"`
				C             bool      `bun:"type:bool"`
				D             float64   `bun:"type:float8"`
				E             string    `bun:"type:decimal"`
				F             string    `bun:"type:decimal(8,2)"`
				G             time.Time `bun:"type:timestamp(3)"`
				H             string    `bun:"type:time"`
				I             string    `bun:"type:char(2)"`
				J             string    `bun:"type:varchar(20)[]"`
				K             string    `bun:"type:varchar(20) COLLATE ucs_basic"`
				L             string    `bun:"type:char"`
			}
			return []any{(*order)(nil)}, []any{(*order)(nil)}
		},
	},
	{
		name: "null and not null",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				A             int   `bun:",notnull"`
				B             int
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				A             int
				B             int `bun:",notnull"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows:    "INSERT INTO orders (a, b) VALUES (1, 2)",
		options: diff.Options{Backfill: map[string]string{"orders.b": "0"}},
		want:    []string{"orders.a: NULL", "orders.b: NOT NULL"},
	},
	{
		name: "unique keys of one column and of a group come, on words and mixed case",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				Order         string `bun:"order,type:varchar(9)"`
				UserID        int64  `bun:"userId"`
				Select        int64  `bun:"select"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				Order         string `bun:"order,type:varchar(9),unique"`
				UserID        int64  `bun:"userId,unique:pair"`
				Select        int64  `bun:"select,unique:pair"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		want: []string{"(order)", "(userId, select)"},
	},
	{
		name: "a group of unique columns gets another name and order",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				A             int   `bun:",unique:ab"`
				B             int   `bun:",unique:ab"`
				C             int   `bun:",unique:cd"`
				D             int   `bun:",unique:cd"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				A             int   `bun:",unique:first"`
				B             int   `bun:",unique:first"`
				D             int   `bun:",unique:cd"`
				C             int   `bun:",unique:cd"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		want: []string{"first", "add unique cd on orders (d, c)"},
	},
	{
		name: "a new column with a foreign key and its action",
		models: func() (before, after []any) {
			type author struct {
				bun.BaseModel `bun:"table:authors"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type book struct {
				bun.BaseModel `bun:"table:books"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:books"`
				ID            int64 `bun:",pk,autoincrement"`
				AuthorID      int64
				Author        *author `bun:"rel:belongs-to,join:author_id=id,on_delete:cascade"`
			}
			return []any{(*author)(nil), (*book)(nil)}, []any{(*author)(nil), (*edited)(nil)}
		},
		rows: "INSERT INTO books (id) VALUES (1)",
		want: []string{"add column books.author_id", "add foreign key books_author_id_fkey on books (author_id) references authors"},
	},
	{
		name: "the action of a foreign key changes",
		models: func() (before, after []any) {
			type author struct {
				bun.BaseModel `bun:"table:authors"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type book struct {
				bun.BaseModel `bun:"table:books"`
				ID            int64 `bun:",pk,autoincrement"`
				AuthorID      int64
				Author        *author `bun:"rel:belongs-to,join:author_id=id"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:books"`
				ID            int64 `bun:",pk,autoincrement"`
				AuthorID      int64
				Author        *author `bun:"rel:belongs-to,join:author_id=id,on_delete:set null"`
			}
			return []any{(*author)(nil), (*book)(nil)}, []any{(*author)(nil), (*edited)(nil)}
		},
		rows: "INSERT INTO authors (id) VALUES (1); INSERT INTO books (author_id) VALUES (1)",
		want: []string{"drop ", "add foreign key"},
	},
	{
		name: "the other end of a relation is no foreign key",
		models: func() (before, after []any) {
			type profile struct {
				bun.BaseModel `bun:"table:profiles"`
				ID            int64 `bun:",pk,autoincrement"`
				UserID        int64
			}
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64    `bun:",pk,autoincrement"`
				Profile       *profile `bun:"rel:has-one,join:id=user_id"`
			}
			return nil, []any{(*profile)(nil), (*user)(nil)}
		},
		sql: map[string]string{
			servertest.EnginePostgres: "CREATE TABLE profiles (id bigserial PRIMARY KEY, user_id bigint); CREATE TABLE users (id bigserial PRIMARY KEY)",
			servertest.EngineMySQL:    "CREATE TABLE profiles (id bigint AUTO_INCREMENT PRIMARY KEY, user_id bigint); CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY)",
			servertest.EngineSQLite:   "CREATE TABLE profiles (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, user_id INTEGER); CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT)",
		},
	},
	{
		name: "a foreign key on crossed columns keeps its pairs",
		models: func() (before, after []any) {
			type pair struct {
				bun.BaseModel `bun:"table:pairs"`
				A             int64 `bun:",pk"`
				B             int64 `bun:",pk"`
			}
			type item struct {
				bun.BaseModel `bun:"table:items"`
				ID            int64 `bun:",pk,autoincrement"`
				X             int64
				Y             int64
				Pair          *pair `bun:"rel:belongs-to,join:x=a,join:y=b"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:items"`
				ID            int64 `bun:",pk,autoincrement"`
				X             int64
				Y             int64
				Pair          *pair `bun:"rel:belongs-to,join:y=a,join:x=b"`
			}
			return []any{(*pair)(nil), (*item)(nil)}, []any{(*pair)(nil), (*edited)(nil)}
		},
		rows: "INSERT INTO pairs (a, b) VALUES (7, 7); INSERT INTO items (x, y) VALUES (7, 7)",
		want: []string{"drop ", "add foreign key"},
	},
	{
		// bun 1.2 creates this foreign key, and bun 1.3 does not; the models mean it all the same.
		name: "a relation over the primary key is a foreign key",
		models: func() (before, after []any) {
			type author struct {
				bun.BaseModel `bun:"table:authors"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type profile struct {
				bun.BaseModel `bun:"table:profiles"`
				AuthorID      int64   `bun:",pk"`
				Author        *author `bun:"rel:belongs-to,join:author_id=id"`
			}
			return nil, []any{(*author)(nil), (*profile)(nil)}
		},
		sql: map[string]string{
			servertest.EnginePostgres: "CREATE TABLE authors (id bigserial PRIMARY KEY); CREATE TABLE profiles (author_id bigint PRIMARY KEY REFERENCES authors)",
			servertest.EngineMySQL:    "CREATE TABLE authors (id bigint AUTO_INCREMENT PRIMARY KEY); CREATE TABLE profiles (author_id bigint PRIMARY KEY, FOREIGN KEY (author_id) REFERENCES authors (id))",
			servertest.EngineSQLite:   "CREATE TABLE authors (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT); CREATE TABLE profiles (author_id INTEGER NOT NULL PRIMARY KEY REFERENCES authors (id))",
		},
	},
	{
		name: "tables that refer to each other and to themselves come",
		models: func() (before, after []any) {
			type plain struct {
				bun.BaseModel `bun:"table:plain"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			return []any{(*plain)(nil)}, []any{(*plain)(nil), (*circleA)(nil), (*circleB)(nil)}
		},
		want: []string{"create table circle_a", "create table circle_b"},
	},
	{
		name: "tables with foreign keys go, and those of others stay",
		models: func() (before, after []any) {
			type plain struct {
				bun.BaseModel `bun:"table:plain"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type author struct {
				bun.BaseModel `bun:"table:authors"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type book struct {
				bun.BaseModel `bun:"table:books"`
				ID            int64 `bun:",pk,autoincrement"`
				AuthorID      int64
				Author        *author `bun:"rel:belongs-to,join:author_id=id"`
			}
			return []any{(*plain)(nil), (*author)(nil), (*book)(nil)}, []any{(*plain)(nil)}
		},
		rows:  "CREATE TABLE spatial_ref_sys (srid int PRIMARY KEY); INSERT INTO spatial_ref_sys VALUES (1); CREATE INDEX ix_by_hand ON plain (id); CREATE VIEW v_by_hand AS SELECT id FROM plain",
		want:  []string{"drop table books", "drop table authors"},
		never: []string{"spatial_ref_sys", "by_hand"},
	},
	{
		name: "lengths change, wider and narrower",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				A             string `bun:"type:varchar(50)"`
				B             string `bun:"type:char(2)"`
				C             string `bun:"type:text"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64  `bun:",pk,autoincrement"`
				A             string `bun:"type:varchar(100)"`
				B             string `bun:"type:char(3)"`
				C             string `bun:"type:varchar(10)"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO orders (a, b, c) VALUES ('a', 'bb', 'c')",
		want: []string{"orders.a: type varchar(100)", "orders.b: type char(3)", "orders.c: type varchar(10)"},
	},
	{
		name: "columns that models only read are neither added nor dropped",
		models: func() (before, after []any) {
			type order struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:orders"`
				ID            int64 `bun:",pk,autoincrement"`
				Total         int64 `bun:",scanonly"`
				Computed      int64 `bun:",scanonly"`
			}
			return []any{(*order)(nil)}, []any{(*edited)(nil)}
		},
		rows: "ALTER TABLE orders ADD COLUMN total bigint",
	},
	{
		name: "two structs of one table are one table",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				Name          string
			}
			type view struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64 `bun:",pk,autoincrement"`
				Name          string
			}
			return []any{(*user)(nil)}, []any{(*user)(nil), (*view)(nil)}
		},
	},
	{
		name: "a primary key moves, and another gets a second order",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				Name          string `bun:"type:varchar(20),pk"`
				Code          string `bun:"type:varchar(20),notnull"`
			}
			type pair struct {
				bun.BaseModel `bun:"table:pairs"`
				A             int64 `bun:",pk"`
				B             int64 `bun:",pk"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				Name          string `bun:"type:varchar(20),notnull"`
				Code          string `bun:"type:varchar(20),pk"`
			}
			type reordered struct {
				bun.BaseModel `bun:"table:pairs"`
				B             int64 `bun:",pk"`
				A             int64 `bun:",pk"`
			}
			return []any{(*user)(nil), (*pair)(nil)}, []any{(*edited)(nil), (*reordered)(nil)}
		},
		rows: "INSERT INTO users (name, code) VALUES ('a', 'b'); INSERT INTO pairs (a, b) VALUES (1, 2)",
		want: []string{"drop primary key", "add primary key", "(code)", "(b, a)"},
	},
	{
		name: "a primary key goes",
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				Name          string `bun:"type:varchar(20),pk"`
			}
			type edited struct {
				bun.BaseModel `bun:"table:users"`
				Name          string `bun:"type:varchar(20),notnull"`
			}
			return []any{(*user)(nil)}, []any{(*edited)(nil)}
		},
		rows: "INSERT INTO users (name) VALUES ('a')",
		want: []string{"drop primary key"},
	},
	{
		name: "a column is renamed in a table without a primary key",
		models: func() (before, after []any) {
			type event struct {
				bun.BaseModel `bun:"table:events"`
				Kind          string
			}
			type edited struct {
				bun.BaseModel `bun:"table:events"`
				Sort          string
			}
			return []any{(*event)(nil)}, []any{(*edited)(nil)}
		},
		rows:    "INSERT INTO events (kind) VALUES ('a')",
		options: diff.Options{Intents: []diff.Intent{{Table: "events", From: "kind", To: "sort"}}},
		want:    []string{"rename column events.kind to sort"},
	},
	{
		name: "a junction that nobody registered",
		models: func() (before, after []any) {
			type plain struct {
				bun.BaseModel `bun:"table:plain"`
				ID            int64 `bun:",pk,autoincrement"`
			}
			return []any{(*plain)(nil)}, []any{(*plain)(nil), (*junctionOrder)(nil), (*junctionItem)(nil), (*junctionOrderItem)(nil)}
		},
		want: []string{"create table order_items", "create table items", "create table orders"},
	},
	{
		name: "partitions and the tables behind a full-text index stay", engines: []string{servertest.EnginePostgres, servertest.EngineSQLite},
		models: func() (before, after []any) {
			type event struct {
				bun.BaseModel `bun:"table:events"`
				ID            int64 `bun:",pk"`
			}
			return nil, []any{(*event)(nil)}
		},
		sql: map[string]string{
			servertest.EnginePostgres: "CREATE TABLE events (id bigint PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9)",
			servertest.EngineSQLite:   "CREATE TABLE events (id INTEGER NOT NULL PRIMARY KEY); CREATE VIRTUAL TABLE search USING fts5(body)",
		},
	},
	{
		name: "an enum column stays", engines: onPostgres,
		models: func() (before, after []any) {
			type user struct {
				bun.BaseModel `bun:"table:users"`
				ID            int64  `bun:",pk,autoincrement"`
				Mood          string `ddl:"enum(good,bad):mood"`
			}
			return nil, []any{(*user)(nil)}
		},
		sql: map[string]string{servertest.EnginePostgres: "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE users (id bigserial PRIMARY KEY, mood mood)"},
	},
}

type circleA struct {
	bun.BaseModel `bun:"table:circle_a"`
	ID            int64 `bun:",pk,autoincrement"`
	BID           int64
	B             *circleB `bun:"rel:belongs-to,join:bid=id"`
	ParentID      int64
	Parent        *circleA `bun:"rel:belongs-to,join:parent_id=id"`
}

type circleB struct {
	bun.BaseModel `bun:"table:circle_b"`
	ID            int64 `bun:",pk,autoincrement"`
	AID           int64
	A             *circleA `bun:"rel:belongs-to,join:aid=id"`
}

type junctionOrder struct {
	bun.BaseModel `bun:"table:orders"`
	ID            int64          `bun:",pk"`
	Items         []junctionItem `bun:"m2m:order_items,join:Order=Item"`
}

type junctionItem struct {
	bun.BaseModel `bun:"table:items"`
	ID            int64 `bun:",pk"`
}

type junctionOrderItem struct {
	bun.BaseModel `bun:"table:order_items"`
	OrderID       int64          `bun:",pk"`
	Order         *junctionOrder `bun:"rel:belongs-to,join:order_id=id"`
	ItemID        int64          `bun:",pk"`
	Item          *junctionItem  `bun:"rel:belongs-to,join:item_id=id"`
}
