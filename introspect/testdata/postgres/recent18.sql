-- What came with PostgreSQL 17 and 18.
CREATE EXTENSION btree_gist;
CREATE TABLE prices (
    id integer NOT NULL,
    net numeric NOT NULL,
    gross numeric GENERATED ALWAYS AS (net * 1.2) VIRTUAL,
    kept numeric GENERATED ALWAYS AS (net * 2) STORED,
    valid_during daterange NOT NULL,
    parent_id integer,
    CONSTRAINT prices_pk PRIMARY KEY (id, valid_during WITHOUT OVERLAPS),
    CONSTRAINT positive CHECK (net > 0) NOT ENFORCED
);
CREATE TABLE notes (
    id integer PRIMARY KEY,
    body text NOT NULL,
    price_id integer,
    other_id integer,
    CONSTRAINT notes_other FOREIGN KEY (other_id) REFERENCES notes (id) NOT ENFORCED
);
CREATE TABLE part (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
