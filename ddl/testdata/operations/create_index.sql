---- Create an index ----

-- PostgreSQL
-- create index ix_users_age on users (age): SHARE on users (blocks writes), builds an index
CREATE INDEX "ix_users_age" ON "users" ("age");
-- MySQL
-- create index ix_users_age on users (age): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD INDEX `ix_users_age` (`age`);
-- MariaDB
-- create index ix_users_age on users (age): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD INDEX `ix_users_age` (`age`);
-- SQLite
-- create index ix_users_age on users (age): RESERVED (blocks writes), builds an index
CREATE INDEX "ix_users_age" ON "users" ("age");

---- Create an index without blocking writes ----

-- PostgreSQL
-- create index ix_users_age on users (age): SHARE UPDATE EXCLUSIVE on users (blocks schema changes), builds an index, not transactional
-- outside of a transaction:
CREATE INDEX CONCURRENTLY "ix_users_age" ON "users" ("age");
-- MySQL
-- create index ix_users_age on users (age): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users`
  ADD INDEX `ix_users_age` (`age`),
  ALGORITHM=INPLACE, LOCK=NONE;
-- MariaDB
-- create index ix_users_age on users (age): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users`
  ADD INDEX `ix_users_age` (`age`),
  ALGORITHM=INPLACE, LOCK=NONE;
-- SQLite
-- create index ix_users_age on users (age): RESERVED (blocks writes), builds an index
CREATE INDEX "ix_users_age" ON "users" ("age");

---- Create a unique, partial or sorted index ----

-- PostgreSQL
-- create unique index ix_users_adult on users (name, age): SHARE on users (blocks writes), builds an index
CREATE UNIQUE INDEX "ix_users_adult" ON "users" ("name" DESC, "age") INCLUDE ("email") WHERE age > 17;
-- MySQL
-- create unique index ix_users_adult on users (name, age): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD UNIQUE INDEX `ix_users_adult` (`name` DESC, `age`);
-- MariaDB
-- create unique index ix_users_adult on users (name, age): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD UNIQUE INDEX `ix_users_adult` (`name` DESC, `age`);
-- SQLite
-- create unique index ix_users_adult on users (name, age): RESERVED (blocks writes), builds an index
CREATE UNIQUE INDEX "ix_users_adult" ON "users" ("name" DESC, "age") WHERE age > 17;

---- Create an index on an expression ----

-- PostgreSQL
-- create index ix_users_lower_email on users (lower(email)): SHARE on users (blocks writes), builds an index
CREATE INDEX "ix_users_lower_email" ON "users" ((lower(email)));
-- MySQL
-- create index ix_users_lower_email on users (lower(email)): INPLACE, LOCK=SHARED on users (blocks writes), builds an index, not transactional
ALTER TABLE `users` ADD INDEX `ix_users_lower_email` ((lower(email)));
-- MariaDB
-- MariaDB cannot create index ix_users_lower_email on users (lower(email)): it has no indexes on expressions; add a generated column and index that
-- SQLite
-- create index ix_users_lower_email on users (lower(email)): RESERVED (blocks writes), builds an index
CREATE INDEX "ix_users_lower_email" ON "users" (lower(email));

---- Create an index with everything ----

-- PostgreSQL
-- create unique index ix_users_all on users (name, age): SHARE on users (blocks writes), builds an index
CREATE UNIQUE INDEX IF NOT EXISTS "ix_users_all" ON "users" USING "btree" ("name" COLLATE "C" varchar_pattern_ops NULLS FIRST, "age" DESC NULLS LAST) NULLS NOT DISTINCT WITH ("fillfactor"='70');
COMMENT ON INDEX "ix_users_all" IS 'all';
-- MySQL
-- create index ix_users_all on users (name, age): INPLACE, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD INDEX `ix_users_all` (`name`(5), `age` DESC) USING BTREE INVISIBLE COMMENT 'all';
-- MariaDB
-- create index ix_users_all on users (name, age): NOCOPY, LOCK=NONE on users, builds an index, not transactional
ALTER TABLE `users` ADD INDEX `ix_users_all` (`name`(5), `age` DESC) USING BTREE IGNORED COMMENT 'all';
-- SQLite
-- create index ix_users_all on users (name): RESERVED (blocks writes), builds an index
CREATE INDEX "ix_users_all" ON "users" ("name" COLLATE NOCASE DESC);

---- Names that are too long ----

-- PostgreSQL
-- the name of index "ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess" has 72 bytes; PostgreSQL keeps only 63: choose a shorter one
-- MySQL
-- MySQL cannot create index ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess on users (name): the name ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess has 72 characters and may have 64; shorten it
-- MariaDB
-- MariaDB cannot create index ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess on users (name): the name ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess has 72 characters and may have 64; shorten it
-- SQLite
-- create index ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess on users (name): RESERVED (blocks writes), builds an index
CREATE INDEX "ix_users_the_longest_name_that_every_engine_takes_has_sixty_three_bytess" ON "users" ("name");

