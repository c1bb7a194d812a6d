-- A web shop: types with every argument, defaults of every kind, generated columns, foreign keys with every action.
CREATE TABLE warehouse (
  code char(4) NOT NULL,
  title varchar(80) NOT NULL COMMENT 'as printed on the label, e.g. "It''s cold" \\ frozen',
  street varchar(120) DEFAULT 'unknown',
  is_open tinyint(1) NOT NULL DEFAULT 1,
  opened date DEFAULT '2019-04-01',
  opens time DEFAULT '08:30:00',
  closes time(3) DEFAULT NULL,
  first_year year DEFAULT 2019,
  PRIMARY KEY (code)
) COMMENT='where things lie; it''s a table \\ with a backslash';

CREATE TABLE article (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  sku varchar(40) NOT NULL,
  name varchar(200) NOT NULL DEFAULT '',
  note text,
  long_note longtext,
  price decimal(12,4) NOT NULL DEFAULT 0.0000,
  discount decimal(5,2) unsigned DEFAULT 1.50,
  whole decimal(10,0) DEFAULT -3,
  weight float DEFAULT 1.25,
  exact double DEFAULT 2e10,
  tiny tinyint DEFAULT -1,
  tiny_u tinyint unsigned DEFAULT 255,
  small smallint DEFAULT 7,
  medium mediumint unsigned NOT NULL,
  flags bit(6) DEFAULT b'101',
  one_flag bit(1) NOT NULL DEFAULT b'0',
  digest binary(4) DEFAULT 'ab',
  token varbinary(20) DEFAULT x'ff0041',
  raw blob,
  state enum('new','sold out','won''t come','a,b') NOT NULL DEFAULT 'won''t come',
  tags set('red','green') DEFAULT 'red,green',
  tricky varchar(60) DEFAULT 'it''s a \\ "quoted" NULL',
  word_null varchar(10) DEFAULT 'NULL',
  word_now varchar(40) DEFAULT 'current_timestamp()',
  attributes json DEFAULT NULL,
  settings json NOT NULL DEFAULT (json_object('depth', 1)),
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  touched_at datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  stamped timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  maybe timestamp NULL DEFAULT NULL,
  fixed timestamp(3) NOT NULL DEFAULT '2020-01-01 00:00:00.123',
  due date DEFAULT (CURRENT_DATE),
  later datetime DEFAULT (CURRENT_TIMESTAMP + INTERVAL 1 DAY),
  key_text varchar(36) DEFAULT (uuid()),
  sum_default int DEFAULT (1 + 2 * 3),
  text_default text DEFAULT ('hello'),
  gross decimal(14,4) GENERATED ALWAYS AS (price * 1.19) STORED COMMENT 'with tax',
  label varchar(300) GENERATED ALWAYS AS (concat(sku, ' - it''s ', name)) VIRTUAL,
  secret int INVISIBLE DEFAULT 4,
  warehouse_code char(4) DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_article_sku (sku),
  UNIQUE KEY uq_article_prefix (name(20)),
  UNIQUE KEY uq_article_desc (medium DESC),
  KEY ix_article_price (price, created_at DESC) COMMENT 'for the list',
  KEY ix_article_note (note(50)),
  FULLTEXT KEY ft_article (name, note),
  CONSTRAINT fk_article_warehouse FOREIGN KEY (warehouse_code) REFERENCES warehouse (code) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT ck_article_price CHECK (price >= 0 AND (discount < 100 OR name <> 'it''s')),
  CONSTRAINT ck_article_state CHECK (tiny IN (-1, 0, 1) OR sku LIKE 'A%')
) ROW_FORMAT=DYNAMIC AUTO_INCREMENT=1000;

CREATE TABLE orders (
  id bigint NOT NULL AUTO_INCREMENT,
  number int NOT NULL,
  placed datetime(3) NOT NULL,
  parent_id bigint DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_orders_number (number, placed),
  KEY ix_orders_parent (parent_id, placed),
  CONSTRAINT fk_orders_parent FOREIGN KEY (parent_id) REFERENCES orders (id)
);

CREATE TABLE order_line (
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  article_id bigint unsigned NOT NULL,
  number int NOT NULL DEFAULT 1,
  placed datetime(3) NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, line),
  CONSTRAINT fk_line_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT fk_line_article FOREIGN KEY (article_id) REFERENCES article (id) ON DELETE RESTRICT ON UPDATE NO ACTION,
  CONSTRAINT fk_line_number FOREIGN KEY (number, placed) REFERENCES orders (number, placed)
);

CREATE VIEW open_articles AS SELECT a.id, a.sku, w.title FROM article a LEFT JOIN warehouse w ON w.code = a.warehouse_code WHERE a.state <> 'sold out';
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW cheap AS SELECT id, price FROM article WHERE price < 10 WITH LOCAL CHECK OPTION;
CREATE VIEW both_views AS SELECT o.id FROM open_articles o JOIN cheap c ON c.id = o.id;
CREATE TRIGGER article_bi BEFORE INSERT ON article FOR EACH ROW SET NEW.name = trim(NEW.name);
