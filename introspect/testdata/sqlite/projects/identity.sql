-- An identity server for a club, on one small machine.
create table realms (id text primary key not null, slug text not null collate nocase unique, title text not null, issuer text not null check (issuer like 'https://%'), settings text not null default '{"mfa":{"required":false}}' check (json_valid(settings)), created_at integer not null default (unixepoch()), deleted_at integer) strict;
create unique index realms_issuer on realms (lower(issuer)) where deleted_at is null;
create table realm_domains (domain text primary key collate nocase, realm_id text not null references realms on delete cascade, verified_at integer, challenge blob default x'00') without rowid;
CREATE TABLE people (
	id TEXT NOT NULL, realm_id TEXT NOT NULL, username TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'active', 'suspended', 'erased')),
	given_name TEXT, family_name TEXT, shown_name TEXT GENERATED ALWAYS AS (coalesce(given_name || ' ', '') || coalesce(family_name, '')) STORED,
	locale TEXT NOT NULL DEFAULT 'en-GB', attributes TEXT, department TEXT AS (attributes ->> '$.department'), valid_until INT, manager TEXT, version INT NOT NULL DEFAULT 1,
	live INT AS (state = 'active' AND valid_until IS NULL) VIRTUAL,
	CONSTRAINT people_pk PRIMARY KEY (realm_id, id), CONSTRAINT people_username UNIQUE (realm_id, username), UNIQUE (id),
	CONSTRAINT people_realm FOREIGN KEY (realm_id) REFERENCES realms (id) ON DELETE CASCADE,
	CONSTRAINT people_manager FOREIGN KEY (realm_id, manager) REFERENCES people (realm_id, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT erased_is_empty CHECK (state <> 'erased' OR given_name IS NULL AND family_name IS NULL)
) WITHOUT ROWID;
CREATE INDEX people_shown ON people (realm_id, lower(shown_name));
CREATE INDEX people_department ON people (department, (attributes ->> '$.level') DESC) WHERE attributes IS NOT NULL;
CREATE TABLE emails (address TEXT NOT NULL COLLATE NOCASE CHECK (instr(address, '@') > 1), person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, is_primary INT NOT NULL DEFAULT 0, verified_at INT, PRIMARY KEY (person_id, address));
CREATE UNIQUE INDEX one_primary_email ON emails (person_id) WHERE is_primary;
CREATE TABLE phones (number TEXT CHECK (number GLOB '+[0-9]*'), person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, verified_at INT, UNIQUE (number, person_id) ON CONFLICT IGNORE);
CREATE TABLE factors (id INTEGER PRIMARY KEY AUTOINCREMENT, person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, kind TEXT NOT NULL, label TEXT NOT NULL DEFAULT '', failures INT NOT NULL DEFAULT 0, UNIQUE (id, kind), CONSTRAINT factors_label UNIQUE (person_id, kind, label));
CREATE TABLE passwords (factor_id INTEGER PRIMARY KEY REFERENCES factors ON DELETE CASCADE, kind TEXT NOT NULL DEFAULT 'password' CHECK (kind = 'password'), hash TEXT NOT NULL, set_at INT DEFAULT (unixepoch()), FOREIGN KEY (factor_id, kind) REFERENCES factors (id, kind));
CREATE TABLE passkeys (factor_id INTEGER PRIMARY KEY REFERENCES factors ON DELETE CASCADE, credential_id BLOB NOT NULL UNIQUE, public_key BLOB NOT NULL, counter BIGINT UNSIGNED DEFAULT 0, transports TEXT DEFAULT '["internal","usb"]', fingerprint TEXT AS (hex(public_key)) STORED);
CREATE TABLE totp_seeds (factor_id INTEGER PRIMARY KEY REFERENCES factors ON DELETE CASCADE, seed BLOB NOT NULL, digits INT DEFAULT 6 CHECK (digits IN (6, 8)), step INT DEFAULT 30);
CREATE TABLE recovery_codes (factor_id INT NOT NULL REFERENCES factors ON DELETE CASCADE, code_hash BLOB NOT NULL, spent_at INT, CONSTRAINT recovery_codes_pk PRIMARY KEY (factor_id, code_hash)) WITHOUT ROWID;
CREATE TABLE groups (id INTEGER PRIMARY KEY, realm_id TEXT NOT NULL REFERENCES realms ON DELETE CASCADE, path TEXT NOT NULL, parent_id INT REFERENCES groups ON DELETE CASCADE, UNIQUE (realm_id, path));
CREATE TABLE group_people (group_id INT REFERENCES groups ON DELETE CASCADE, person_id TEXT REFERENCES people (id) ON DELETE CASCADE, until DATE NOT NULL DEFAULT '9999-12-31', PRIMARY KEY (group_id, person_id)) WITHOUT ROWID;
CREATE INDEX group_people_person ON group_people (person_id);
CREATE TABLE roles (id INTEGER PRIMARY KEY, realm_id TEXT REFERENCES realms ON DELETE CASCADE, name TEXT NOT NULL, composite INT NOT NULL DEFAULT FALSE, description TEXT);
CREATE UNIQUE INDEX roles_name ON roles (coalesce(realm_id, ''), name);
CREATE TABLE role_parts (role_id INT REFERENCES roles ON DELETE CASCADE, part_id INT REFERENCES roles ON DELETE CASCADE, PRIMARY KEY (role_id, part_id), CONSTRAINT no_loop CHECK (role_id <> part_id));
CREATE TABLE role_people (role_id INT REFERENCES roles, person_id TEXT REFERENCES people (id) ON DELETE CASCADE, granted_by TEXT REFERENCES people (id) ON DELETE SET NULL, PRIMARY KEY (role_id, person_id));
CREATE TABLE role_groups (role_id INT REFERENCES roles, group_id INT REFERENCES groups ON DELETE CASCADE, PRIMARY KEY (role_id, group_id));
CREATE TABLE consents (person_id TEXT REFERENCES people (id) ON DELETE CASCADE, client_id TEXT REFERENCES clients ON UPDATE CASCADE ON DELETE CASCADE, scopes TEXT NOT NULL, given_at INT DEFAULT (unixepoch()), PRIMARY KEY (person_id, client_id));
CREATE TABLE signing_keys (kid TEXT PRIMARY KEY, realm_id TEXT REFERENCES realms, algorithm TEXT NOT NULL DEFAULT 'EdDSA' CHECK (algorithm IN ('EdDSA', 'ES256', 'RS256')), public_jwk TEXT NOT NULL, sealed BLOB, starts INT NOT NULL, ends INT, CHECK (ends > starts)) STRICT;
CREATE TABLE invitations (token_hash BLOB PRIMARY KEY, realm_id TEXT NOT NULL REFERENCES realms, mail TEXT NOT NULL, groups TEXT DEFAULT '[]', expires_at INT DEFAULT (unixepoch('now', '+3 days')));
CREATE TABLE federations (id INTEGER PRIMARY KEY, realm_id TEXT NOT NULL REFERENCES realms, alias TEXT NOT NULL, config TEXT NOT NULL, "order" INT DEFAULT 0, enabled INT NOT NULL DEFAULT TRUE, UNIQUE (realm_id, alias));
CREATE TABLE saml_federations (federation_id INTEGER PRIMARY KEY REFERENCES federations ON DELETE CASCADE, entity_id TEXT NOT NULL, certificate TEXT CHECK (certificate LIKE '-----BEGIN%'));
CREATE TABLE oidc_federations (federation_id INTEGER PRIMARY KEY REFERENCES federations ON DELETE CASCADE, issuer TEXT NOT NULL, pkce INT DEFAULT 1);
CREATE TABLE links (federation_id INT NOT NULL REFERENCES federations, subject TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, claims TEXT, CONSTRAINT links_pk PRIMARY KEY (federation_id, subject)) WITHOUT ROWID;
CREATE TABLE clients (client_id TEXT PRIMARY KEY, realm_id TEXT NOT NULL REFERENCES realms ON DELETE CASCADE, kind TEXT NOT NULL DEFAULT 'confidential', secret_hash TEXT, grants TEXT NOT NULL DEFAULT '["authorization_code"]' CHECK (json_array_length(grants) > 0), name TEXT NOT NULL, CONSTRAINT public_has_no_secret CHECK (kind = 'confidential' OR secret_hash IS NULL)) WITHOUT ROWID;
CREATE TABLE redirect_uris (client_id TEXT REFERENCES clients ON UPDATE CASCADE ON DELETE CASCADE, uri TEXT CHECK (uri NOT LIKE '%#%'), PRIMARY KEY (client_id, uri)) WITHOUT ROWID;
CREATE TABLE scopes (name TEXT PRIMARY KEY, claims TEXT NOT NULL DEFAULT '["sub"]', shown INT DEFAULT TRUE);
CREATE TABLE client_scopes (client_id TEXT REFERENCES clients ON UPDATE CASCADE ON DELETE CASCADE, scope TEXT REFERENCES scopes, by_default INT DEFAULT 0, PRIMARY KEY (client_id, scope));
CREATE TABLE codes (code_hash BLOB PRIMARY KEY, client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE, person_id TEXT NOT NULL, challenge TEXT, expires_at INT NOT NULL DEFAULT (unixepoch() + 60));
CREATE TABLE sessions (id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))), person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, started_at INT NOT NULL DEFAULT (unixepoch()), seen_at INT, device TEXT);
CREATE INDEX sessions_seen ON sessions (seen_at DESC);
CREATE INDEX sessions_address ON sessions (json_extract(device, '$.address')) WHERE json_extract(device, '$.address') IS NOT NULL;
CREATE TABLE refresh_tokens (hash BLOB NOT NULL PRIMARY KEY, session_id TEXT NOT NULL CONSTRAINT of_session REFERENCES sessions (id) ON DELETE CASCADE, client_id TEXT NOT NULL, replaced_by BLOB REFERENCES refresh_tokens (hash) ON DELETE SET NULL) WITHOUT ROWID;
CREATE TABLE device_codes (user_code CHAR(9) PRIMARY KEY COLLATE NOCASE, device_code TEXT NOT NULL UNIQUE, person_id TEXT, interval_s INT DEFAULT 5, CHECK (user_code GLOB '[B-Z][B-Z][B-Z][B-Z]-[B-Z][B-Z][B-Z][B-Z]'));
CREATE TABLE throttles ("key" TEXT PRIMARY KEY, hits INT DEFAULT 0, window_start INT, penalty INT DEFAULT (60 * 5));
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at INT NOT NULL DEFAULT (unixepoch()), realm_id TEXT, actor TEXT, "action" TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT 'ok' CHECK (outcome IN ('ok', 'denied', 'throttled', 'error')), details TEXT);
CREATE INDEX events_actor ON events (actor, at DESC) WHERE actor IS NOT NULL;
CREATE VIRTUAL TABLE people_search USING fts5(username, shown_name, mail, tokenize = 'trigram');
CREATE VIEW live_people AS SELECT p.id, p.realm_id, p.username, p.shown_name, e.address AS mail FROM people p LEFT JOIN emails e ON e.person_id = p.id AND e.is_primary WHERE p.live;
CREATE VIEW effective_roles (person_id, name) AS
	WITH RECURSIVE held AS (SELECT person_id, role_id FROM role_people UNION SELECT gp.person_id, rg.role_id FROM group_people gp JOIN role_groups rg USING (group_id)),
	every AS (SELECT * FROM held UNION SELECT every.person_id, rp.part_id FROM every JOIN role_parts rp ON rp.role_id = every.role_id)
	SELECT every.person_id, r.name FROM every JOIN roles r ON r.id = every.role_id;
CREATE VIEW administrators AS SELECT l.* FROM live_people l WHERE EXISTS (SELECT 1 FROM effective_roles x WHERE x.person_id = l.id AND x.name = 'administrator');
CREATE TRIGGER bump AFTER UPDATE OF username, state, attributes ON people BEGIN UPDATE people SET version = old.version + 1 WHERE id = new.id; END;
CREATE TRIGGER note_client AFTER DELETE ON clients BEGIN INSERT INTO events ("action", details) VALUES ('client', json_object('gone', old.client_id)); END;
CREATE TRIGGER suspend INSTEAD OF DELETE ON live_people BEGIN UPDATE people SET state = 'suspended' WHERE id = old.id; DELETE FROM sessions WHERE person_id = old.id; END;
