-- What the shop uses since it runs on PostgreSQL 18.
-- namespaces: stock, workshop
-- requires: 18
-- extends: shop.sql
CREATE TABLE workshop.loan_bikes (
    bicycle_id integer NOT NULL REFERENCES workshop.bicycles, lent tstzrange NOT NULL, rate amount NOT NULL,
    days integer GENERATED ALWAYS AS (EXTRACT(day FROM upper(lent) - lower(lent))) VIRTUAL,
    CONSTRAINT loan_bikes_pk PRIMARY KEY (bicycle_id, lent WITHOUT OVERLAPS),
    CONSTRAINT fair_rate CHECK (rate < 80) NOT ENFORCED
);
CREATE TABLE workshop.loan_damages (
    id uuid DEFAULT uuidv7() PRIMARY KEY, bicycle_id integer NOT NULL, seen_during tstzrange NOT NULL, what text
);
