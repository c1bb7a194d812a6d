-- A ledger with what only MySQL has.
CREATE TABLE entry (
  id int NOT NULL AUTO_INCREMENT,
  account varchar(20) DEFAULT NULL,
  amount decimal(20,2) NOT NULL,
  memo varchar(100) DEFAULT ('näher'),
  detail json DEFAULT NULL,
  spot point NOT NULL SRID 4326,
  text_len int GENERATED ALWAYS AS (char_length(memo)) VIRTUAL,
  checked_len int GENERATED ALWAYS AS (char_length(memo) + 1) STORED NOT NULL,
  happened datetime DEFAULT (now()),
  quoted varchar(40) DEFAULT (concat('it''s', 'back\\slash', 'é', '"')),
  lit varchar(10) DEFAULT ('lit'),
  PRIMARY KEY (id),
  UNIQUE KEY uq_twice ((amount * 2)),
  KEY fx_lower ((lower(account))),
  KEY fx_mixed ((amount + 1) DESC, account),
  KEY fx_quote ((concat(account, 'it''s', 'b\\s', 'é'))),
  KEY fx_array ((CAST(detail->'$.ids' AS unsigned array))),
  KEY ix_hidden (amount) INVISIBLE,
  SPATIAL KEY sp_spot (spot),
  FULLTEXT KEY ft_memo (memo) WITH PARSER ngram,
  CONSTRAINT ck_off CHECK (amount <> 13) NOT ENFORCED,
  CONSTRAINT ck_quote CHECK (account <> 'q''q\\z' AND account <> 'é'),
  CHECK (json_length(detail) > 0)
);
CREATE FUNCTION add_one(a int) RETURNS int DETERMINISTIC RETURN a + 1;
CREATE PROCEDURE say(IN word varchar(20), OUT size int) READS SQL DATA COMMENT 'it''s said' SET size = char_length(word);
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
