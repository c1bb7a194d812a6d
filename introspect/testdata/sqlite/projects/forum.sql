/* A forum in one file: boards, threads, badges, moderation. */
CREATE TABLE "members" (
	"id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	"nickname" varchar(24) COLLATE NOCASE NOT NULL,
	"mail" varchar(254) NOT NULL COLLATE NOCASE,
	"standing" varchar NOT NULL DEFAULT 'seedling' CHECK ("standing" IN ('seedling', 'grower', 'old hand', 'keeper')),
	"signature" text DEFAULT '-- 
Happy growing!',
	"invited_by" integer,
	"joined_at" datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
	"away" tinyint(1) DEFAULT '0',
	CONSTRAINT "fk_invited" FOREIGN KEY ("invited_by") REFERENCES "members" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	CHECK ("invited_by" IS NOT "id")
);
CREATE UNIQUE INDEX "members_nickname" ON "members" ("nickname");
CREATE UNIQUE INDEX "members_mail" ON "members" (lower("mail")) WHERE "standing" <> 'erased';
CREATE TABLE former_names (member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE, was TEXT NOT NULL COLLATE NOCASE, until DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (member_id, until));
CREATE TABLE member_settings (member_id INTEGER PRIMARY KEY REFERENCES members ON DELETE CASCADE, digest TEXT DEFAULT 'weekly', zone TEXT DEFAULT 'UTC', other TEXT DEFAULT (json_object('dark', 0)));
CREATE TABLE groups (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, colour TEXT DEFAULT '#008000', may_leave INT NOT NULL DEFAULT TRUE);
CREATE TABLE group_members (group_id INT REFERENCES groups ON DELETE CASCADE, member_id INT REFERENCES members ON DELETE CASCADE, since DATE DEFAULT CURRENT_DATE, PRIMARY KEY (group_id, member_id)) WITHOUT ROWID;
CREATE INDEX group_members_back ON group_members (member_id);
CREATE TABLE boards (
	path TEXT PRIMARY KEY COLLATE BINARY,
	parent TEXT REFERENCES boards (path) ON UPDATE CASCADE ON DELETE CASCADE,
	title TEXT NOT NULL, visible_to TEXT NOT NULL DEFAULT 'everyone',
	sort_key DOUBLE DEFAULT 9e999, closed BOOL DEFAULT FALSE,
	depth INTEGER GENERATED ALWAYS AS (length(path) - length(replace(path, '/', ''))) STORED CHECK (depth < 5)
);
CREATE TABLE board_keepers (board TEXT NOT NULL REFERENCES boards ON UPDATE CASCADE, member_id INT NOT NULL REFERENCES members, CONSTRAINT keeps UNIQUE (board, member_id) ON CONFLICT ROLLBACK);
CREATE TABLE threads (
	id INTEGER PRIMARY KEY, board TEXT NOT NULL, title TEXT NOT NULL, started_by INT, first_post INT, last_post INT,
	opened_at DATETIME NOT NULL DEFAULT (datetime('now', 'localtime')), pinned INT, -- NULL: not
	CONSTRAINT threads_board FOREIGN KEY (board) REFERENCES boards (path) ON UPDATE CASCADE,
	FOREIGN KEY (started_by) REFERENCES members ON DELETE SET NULL,
	FOREIGN KEY (first_post) REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY (last_post) REFERENCES posts (id) ON DELETE SET NULL DEFERRABLE,
	CONSTRAINT no_shouting CHECK (title <> upper(title) OR length(title) < 12)
);
CREATE INDEX threads_listing ON threads (board, pinned DESC, opened_at DESC);
CREATE TABLE posts (
	id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INT NOT NULL REFERENCES threads ON DELETE CASCADE, author INT REFERENCES members ON DELETE SET NULL,
	body TEXT NOT NULL, answers INT REFERENCES posts, excerpt TEXT AS (substr(replace(body, char(10), ' '), 1, 80)),
	posted_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, edited_at DATETIME, hidden INT NOT NULL DEFAULT 0,
	CHECK (edited_at >= posted_at), CHECK (hidden IN (0, 1))
);
CREATE INDEX posts_thread ON posts (thread_id, posted_at);
CREATE INDEX posts_shown ON posts (author, posted_at DESC) WHERE hidden = 0;
CREATE INDEX posts_length ON posts (length(body) DESC);
CREATE TABLE post_versions (post_id INT NOT NULL REFERENCES posts ON DELETE CASCADE, version INT NOT NULL, body TEXT, PRIMARY KEY (post_id, version DESC)) WITHOUT ROWID;
CREATE TABLE reactions (post_id INT REFERENCES posts ON DELETE CASCADE, member_id INT REFERENCES members ON DELETE CASCADE, kind TEXT NOT NULL DEFAULT '👍' CHECK (kind IN ('👍', '👎', '🌱', 'it''s great')), PRIMARY KEY (post_id, member_id, kind)) WITHOUT ROWID;
CREATE TABLE attachments (id BLOB PRIMARY KEY NOT NULL, post_id INT REFERENCES posts ON DELETE SET NULL, name TEXT NOT NULL, bytes INT CHECK (bytes < 5368709120), hash BLOB NOT NULL CHECK (length(hash) = 32), data BLOB);
CREATE UNIQUE INDEX attachments_hash ON attachments (hex(hash)) WHERE post_id IS NOT NULL;
CREATE TABLE polls (id INTEGER PRIMARY KEY, thread_id INT UNIQUE REFERENCES threads ON DELETE CASCADE, question TEXT NOT NULL, ends_at DATETIME DEFAULT (datetime('now', '+7 days')));
CREATE TABLE poll_choices (poll_id INT REFERENCES polls ON DELETE CASCADE, choice INT, label TEXT NOT NULL, PRIMARY KEY (poll_id, choice), UNIQUE (poll_id, label));
CREATE TABLE poll_votes (poll_id INT, choice INT, member_id INT REFERENCES members, PRIMARY KEY (poll_id, choice, member_id), FOREIGN KEY (poll_id, choice) REFERENCES poll_choices ON UPDATE CASCADE ON DELETE CASCADE);
CREATE TABLE tags (name TEXT PRIMARY KEY CHECK (name = lower(name)), synonym_of TEXT REFERENCES tags ON UPDATE CASCADE) STRICT;
CREATE TABLE thread_tags (thread_id INT REFERENCES threads ON DELETE CASCADE, tag TEXT REFERENCES tags, PRIMARY KEY (tag, thread_id)) WITHOUT ROWID;
CREATE TABLE badges (id INTEGER PRIMARY KEY, title TEXT NOT NULL, rule TEXT NOT NULL DEFAULT '{}' CHECK (json_type(rule) = 'object'), wanted INT AS (json_extract(rule, '$.posts')) VIRTUAL);
CREATE TABLE badges_earned (badge_id INT REFERENCES badges, member_id INT REFERENCES members ON DELETE CASCADE, earned_at DATETIME DEFAULT CURRENT_TIMESTAMP, for_post INT REFERENCES posts ON DELETE SET NULL, PRIMARY KEY (member_id, badge_id) ON CONFLICT IGNORE);
CREATE TABLE letters (id INTEGER PRIMARY KEY, subject TEXT, sent_at DATETIME, sender INT REFERENCES members);
CREATE TABLE letter_copies (letter_id INT NOT NULL REFERENCES letters ON DELETE CASCADE, reader INT NOT NULL REFERENCES members, folder TEXT NOT NULL DEFAULT 'inbox', read_at DATETIME, PRIMARY KEY (reader, letter_id));
CREATE INDEX letter_copies_unread ON letter_copies (reader) WHERE read_at IS NULL;
CREATE TABLE bookmarks (member_id INT REFERENCES members ON DELETE CASCADE, post_id INT REFERENCES posts ON DELETE CASCADE, "comment" TEXT, PRIMARY KEY (member_id, post_id));
CREATE TABLE follows (follower INT REFERENCES members, followed INT REFERENCES members, CONSTRAINT follows_pk PRIMARY KEY (follower, followed), CONSTRAINT "not oneself" CHECK (follower <> followed));
CREATE TABLE ignores (follower INT, followed INT, UNIQUE (follower, followed), CHECK (follower <> followed)) ;
CREATE TABLE online (member_id INTEGER PRIMARY KEY, page TEXT, since INT DEFAULT (strftime('%s', 'now')));
CREATE TABLE "reading position" ("member id" INT, [thread id] INT, `last.post` INT DEFAULT 0, PRIMARY KEY ("member id", [thread id]));
CREATE INDEX "reading position's index" ON "reading position" ("last.post" DESC, abs([thread id]));
CREATE TABLE reports (id INTEGER PRIMARY KEY, post_id INT NOT NULL REFERENCES posts, by_member INT REFERENCES members, why TEXT NOT NULL, points INT DEFAULT 1 CHECK (points BETWEEN 0 AND 10), open INT DEFAULT 1);
CREATE INDEX reports_open ON reports (points DESC, id) WHERE open;
CREATE TABLE decisions (report_id INTEGER PRIMARY KEY REFERENCES reports, verdict TEXT NOT NULL CHECK (verdict IN ('kept', 'edited', 'moved', 'removed')), by_keeper INT NOT NULL REFERENCES members, at DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE bans (member_id INT NOT NULL REFERENCES members, starts DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, ends DATETIME, reason TEXT NOT NULL ON CONFLICT FAIL CHECK (length(reason) > 10), CHECK (ends > starts));
CREATE TABLE bad_words (word TEXT PRIMARY KEY COLLATE NOCASE, weight INT DEFAULT (2 + 3), pattern TEXT AS ('%' || word || '%') STORED) WITHOUT ROWID;
CREATE TABLE moderation_log (id INTEGER PRIMARY KEY AUTOINCREMENT, at DATETIME DEFAULT CURRENT_TIMESTAMP, what TEXT, "select" TEXT, "from" INT);
CREATE VIRTUAL TABLE post_words USING fts5(body, author UNINDEXED, prefix = '2 3', tokenize = 'porter unicode61');
CREATE VIRTUAL TABLE member_words USING fts5(nickname, signature, content = '');
CREATE VIEW visible_posts AS SELECT p.*, m.nickname FROM posts AS p LEFT JOIN members AS m ON m.id = p.author WHERE NOT p.hidden;
CREATE VIEW thread_overview AS SELECT t.id, t.title, t.board, count(p.id) AS posts, max(p.posted_at) AS latest FROM threads t LEFT JOIN visible_posts p ON p.thread_id = t.id GROUP BY t.id;
CREATE VIEW front_page AS SELECT *, row_number() OVER (PARTITION BY board ORDER BY latest DESC) AS place FROM thread_overview;
CREATE VIEW answers_to AS WITH RECURSIVE a(post_id, root, depth) AS (SELECT id, id, 0 FROM posts WHERE answers IS NULL UNION ALL SELECT p.id, a.root, a.depth + 1 FROM posts p JOIN a ON a.post_id = p.answers) SELECT * FROM a;
CREATE TRIGGER note_thread AFTER INSERT ON posts WHEN NOT new.hidden BEGIN UPDATE threads SET last_post = new.id WHERE id = new.thread_id; END;
CREATE TRIGGER index_post AFTER INSERT ON posts BEGIN INSERT INTO post_words (rowid, body, author) VALUES (new.id, new.body, new.author); END;
CREATE TRIGGER keep_version BEFORE UPDATE OF body ON posts FOR EACH ROW WHEN old.body IS NOT new.body BEGIN
	INSERT INTO post_versions (post_id, version, body) SELECT old.id, 1 + coalesce(max(version), 0), old.body FROM post_versions WHERE post_id = old.id;
END;
CREATE TRIGGER write_post INSTEAD OF INSERT ON visible_posts BEGIN
	SELECT CASE WHEN new.body = '' THEN raise(ABORT, 'an empty post; write something') END;
	INSERT INTO posts (thread_id, author, body) VALUES (new.thread_id, new.author, new.body);
END;
