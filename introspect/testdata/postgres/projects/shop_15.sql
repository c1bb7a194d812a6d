-- What the shop uses since it runs on PostgreSQL 15.
-- namespaces: stock, workshop
-- requires: 15
-- extends: shop.sql
CREATE TABLE loyalty_cards (
    country country_code NOT NULL, number integer NOT NULL, customer_id bigint, sponsor_country country_code, sponsor integer, nickname text,
    CONSTRAINT loyalty_cards_pk PRIMARY KEY (country, number),
    CONSTRAINT one_nickname UNIQUE NULLS NOT DISTINCT (customer_id, nickname),
    CONSTRAINT sponsor_card FOREIGN KEY (sponsor_country, sponsor) REFERENCES loyalty_cards (country, number) ON DELETE SET NULL (sponsor),
    CONSTRAINT card_owner FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL
);
CREATE UNIQUE INDEX loyalty_nick ON loyalty_cards (nickname, customer_id DESC) NULLS NOT DISTINCT WHERE number > 0;
CREATE VIEW my_cards WITH (security_invoker = true, security_barrier = false) AS SELECT number, nickname FROM loyalty_cards;
ALTER TABLE products ALTER COLUMN description SET COMPRESSION pglz;
