-- A forum: names that need quotes, cycles of foreign keys, character sets, spatial and memory tables, partitions.
CREATE TABLE `order` (
  `select` int NOT NULL,
  `a``b` varchar(10) DEFAULT NULL,
  `with.dot` int DEFAULT NULL,
  `with space` int DEFAULT NULL,
  `Ünïcödé` varchar(10) DEFAULT 'äöü',
  `null` int DEFAULT NULL,
  `from` int DEFAULT NULL,
  PRIMARY KEY (`select`),
  KEY `key``1` (`a``b`),
  KEY `ix.dotted` (`with.dot`, `with space` DESC),
  CONSTRAINT `ck ``odd`` name` CHECK (`with space` > `with.dot` OR `a``b` <> 'b`c')
) COMMENT='reserved words';
CREATE TABLE `null` (`null` int NOT NULL, PRIMARY KEY (`null`));
CREATE TABLE `da-sh.ed na``me` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;
CREATE TABLE member (
  id int NOT NULL AUTO_INCREMENT,
  nick varchar(30) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x',
  folded varchar(30) COLLATE utf8mb4_bin DEFAULT NULL,
  mail varchar(100) CHARACTER SET ascii COLLATE ascii_general_ci DEFAULT NULL,
  best_post int DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_member_nick (nick),
  UNIQUE KEY uq_member_mail (mail) COMMENT 'one account each'
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE post (
  id int NOT NULL AUTO_INCREMENT,
  author int NOT NULL,
  reply_to int DEFAULT NULL,
  title varchar(100) DEFAULT NULL,
  body mediumtext,
  PRIMARY KEY (id),
  FULLTEXT KEY ft_body (body),
  KEY ix_author (author, reply_to),
  CONSTRAINT fk_post_author FOREIGN KEY (author) REFERENCES member (id) ON DELETE CASCADE,
  CONSTRAINT fk_post_reply FOREIGN KEY (reply_to) REFERENCES post (id) ON DELETE SET NULL
) CHARACTER SET latin1 COLLATE latin1_swedish_ci;
ALTER TABLE member ADD CONSTRAINT fk_member_best FOREIGN KEY (best_post) REFERENCES post (id) ON DELETE SET NULL;
CREATE TABLE place (
  id int NOT NULL AUTO_INCREMENT,
  name varchar(20) DEFAULT NULL,
  spot point NOT NULL,
  area geometry DEFAULT NULL,
  PRIMARY KEY (id),
  SPATIAL KEY sp_spot (spot)
);
CREATE TABLE session_cache (
  id varchar(40) NOT NULL,
  slot int NOT NULL,
  kind int DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_slot (slot) USING BTREE,
  KEY ix_kind (kind)
) ENGINE=MEMORY MAX_ROWS=100;
CREATE TABLE event_log (
  id bigint NOT NULL,
  at date NOT NULL,
  kind varchar(20) NOT NULL DEFAULT 'x',
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (year(at)) (PARTITION p0 VALUES LESS THAN (2020) COMMENT = 'old', PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE by_hash (id int NOT NULL, PRIMARY KEY (id)) PARTITION BY HASH (id) PARTITIONS 4;
CREATE TABLE zero (code int(6) unsigned zerofill NOT NULL DEFAULT 000042, plain float(7,3) DEFAULT NULL, d2 double(9,4) DEFAULT 1.5000);
CREATE TABLE no_default_key (seq bigint NOT NULL AUTO_INCREMENT, name varchar(10), KEY ix_seq (seq)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
CREATE TABLE prefix_key (url varchar(500) NOT NULL, lang char(2) NOT NULL, PRIMARY KEY (url(100), lang));
CREATE TABLE raw_list (kind enum('page','0x41') NOT NULL DEFAULT 'page', tags set('a','b') DEFAULT 'a,b', key_bytes varbinary(9) NOT NULL DEFAULT '') CHARACTER SET binary;
