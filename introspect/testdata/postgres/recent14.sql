-- What came with PostgreSQL 13 and 14.
CREATE EXTENSION pg_trgm;
CREATE TABLE words (
    id integer PRIMARY KEY,
    word text COMPRESSION pglz,
    ranges int4multirange DEFAULT '{[1,5)}'
);
CREATE INDEX words_trgm ON words USING gist (word gist_trgm_ops(siglen=32));
CREATE STATISTICS words_stat ON (lower(word)), id FROM words;
CREATE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN x * 2;
CREATE FUNCTION a_uses_twice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT twice(twice(x)); END;
CREATE FUNCTION count_words() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM words; END;
CREATE TABLE doubled (x integer CHECK (a_uses_twice(x) < 100), y integer GENERATED ALWAYS AS (twice(x)) STORED);
CREATE VIEW word_count AS SELECT count_words() AS n;
CREATE FUNCTION of_view() RETURNS SETOF word_count LANGUAGE sql BEGIN ATOMIC SELECT * FROM word_count; END;
CREATE PROCEDURE give(IN a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := a; END';
