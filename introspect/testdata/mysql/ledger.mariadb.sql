-- A ledger with what only MariaDB has.
CREATE SEQUENCE entry_numbers START WITH 10 INCREMENT BY 5 MAXVALUE 100000 CACHE 20 CYCLE;
CREATE SEQUENCE plain_numbers;
CREATE TABLE entry (
  id int NOT NULL AUTO_INCREMENT,
  number bigint DEFAULT (NEXT VALUE FOR entry_numbers),
  account varchar(20) DEFAULT NULL CHECK (account <> 'q''q\\z'),
  amount decimal(20,2) NOT NULL,
  detail json DEFAULT NULL,
  counted json NOT NULL CHECK (json_length(counted) > 0),
  longer longtext DEFAULT NULL CHECK (json_valid(longer)),
  code uuid DEFAULT NULL,
  host inet6 DEFAULT NULL,
  body text UNIQUE,
  memo varchar(50) DEFAULT concat('it''s', 'back\\slash', 'é', '"'),
  packed varchar(100) COMPRESSED DEFAULT NULL,
  virt int AS (char_length(memo)) VIRTUAL INVISIBLE,
  pers int AS (char_length(memo) + 1) PERSISTENT,
  PRIMARY KEY (id),
  KEY ix_ignored (amount) IGNORED,
  KEY ix_desc (amount DESC, id),
  CONSTRAINT amount CHECK (amount < 1000000)
);
CREATE TABLE history (id int NOT NULL, name varchar(20), PRIMARY KEY (id)) WITH SYSTEM VERSIONING;
CREATE TABLE history_columns (
  id int NOT NULL,
  noise int WITHOUT SYSTEM VERSIONING,
  row_from timestamp(6) GENERATED ALWAYS AS ROW START,
  row_until timestamp(6) GENERATED ALWAYS AS ROW END,
  PRIMARY KEY (id),
  PERIOD FOR SYSTEM_TIME (row_from, row_until)
) WITH SYSTEM VERSIONING;
CREATE TABLE pair (a int NOT NULL, b int NOT NULL, CONSTRAINT ck_pair CHECK (a < b));
CREATE FUNCTION add_one(a int) RETURNS int DETERMINISTIC RETURN a + 1;
CREATE PROCEDURE say(IN word varchar(20), OUT size int) READS SQL DATA COMMENT 'it''s said' SET size = char_length(word);
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
