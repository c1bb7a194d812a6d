-- An identity server: realms, people, credentials, OAuth clients, tokens, SAML, audit.
-- namespaces: idp, oauth, audit
CREATE SCHEMA idp;
CREATE SCHEMA oauth;
CREATE SCHEMA audit;
CREATE EXTENSION pgcrypto SCHEMA idp;
CREATE EXTENSION "uuid-ossp";
CREATE EXTENSION citext;

CREATE TYPE idp.person_state AS ENUM ('invited', 'active', 'suspended', 'erased');
CREATE TYPE idp.factor_kind AS ENUM ('password', 'totp', 'passkey', 'recovery code', 'sms');
CREATE TYPE oauth.grant_type AS ENUM ('authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code');
CREATE TYPE oauth."Client Kind" AS ENUM ('confidential', 'public');
CREATE TYPE audit.outcome AS ENUM ('ok', 'denied', 'error');
ALTER TYPE audit.outcome ADD VALUE 'throttled' BEFORE 'error';
CREATE DOMAIN idp.slug AS character varying(63) COLLATE "C" CHECK (VALUE ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$');
CREATE DOMAIN idp.https_url AS text CONSTRAINT is_https CHECK (VALUE LIKE 'https://%' OR VALUE LIKE 'http://localhost%');
CREATE DOMAIN idp.email AS public.citext CHECK (position('@' IN VALUE) > 1);
CREATE TYPE idp.postal AS (street text, postcode text, country character(2));
CREATE TYPE audit.device AS (agent text, address inet, location idp.postal);

CREATE FUNCTION idp.fingerprint(secret bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT encode(sha256(secret), 'hex') $$;
CREATE FUNCTION idp.is_live(state idp.person_state, until timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS 'SELECT state = ''active'' AND until IS NULL';

CREATE TABLE idp.realms (
    id uuid DEFAULT public.uuid_generate_v4() PRIMARY KEY, slug idp.slug NOT NULL UNIQUE, title text NOT NULL,
    issuer idp.https_url NOT NULL, created_at timestamptz DEFAULT now() NOT NULL, settings jsonb DEFAULT '{"mfa": {"required": false}, "session": {"hours": 12}}'::jsonb NOT NULL,
    deleted_at timestamptz, CONSTRAINT realms_mfa CHECK (settings ? 'mfa'::text AND jsonb_typeof(settings -> 'mfa'::text) = 'object'::text)
);
COMMENT ON TABLE idp.realms IS 'A tenant; everything else hangs from one';
CREATE UNIQUE INDEX realms_issuer ON idp.realms (lower(issuer::text)) WHERE deleted_at IS NULL;
CREATE TABLE idp.realm_domains (realm_id uuid NOT NULL REFERENCES idp.realms ON DELETE CASCADE, domain public.citext PRIMARY KEY, verified_at timestamptz, challenge bytea DEFAULT '\x00'::bytea);
CREATE TABLE idp.people (
    id uuid DEFAULT public.uuid_generate_v4() NOT NULL, realm_id uuid NOT NULL, username public.citext NOT NULL, state idp.person_state DEFAULT 'invited'::idp.person_state NOT NULL,
    given_name text, family_name text, shown_name text GENERATED ALWAYS AS (coalesce(given_name || ' ', '') || coalesce(family_name, '')) STORED,
    locale text DEFAULT 'en-GB' NOT NULL, zone text DEFAULT 'Etc/UTC', home idp.postal, attributes jsonb, valid_until timestamptz, manager uuid, version integer DEFAULT 1 NOT NULL,
    live boolean GENERATED ALWAYS AS (idp.is_live(state, valid_until)) STORED,
    CONSTRAINT people_pk PRIMARY KEY (realm_id, id), CONSTRAINT people_username UNIQUE (realm_id, username), CONSTRAINT people_id UNIQUE (id),
    CONSTRAINT people_realm FOREIGN KEY (realm_id) REFERENCES idp.realms (id) ON DELETE CASCADE,
    CONSTRAINT people_manager FOREIGN KEY (realm_id, manager) REFERENCES idp.people (realm_id, id) MATCH SIMPLE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT erased_is_empty CHECK (state <> 'erased'::idp.person_state OR given_name IS NULL AND family_name IS NULL AND home IS NULL)
) WITH (fillfactor = 80);
CREATE INDEX people_attributes ON idp.people USING gin (attributes jsonb_path_ops) WHERE attributes IS NOT NULL;
CREATE INDEX people_shown ON idp.people (realm_id, lower(shown_name) text_pattern_ops) INCLUDE (username);
CREATE INDEX people_department ON idp.people ((attributes ->> 'department'::text), ((attributes ->> 'level'::text)::integer) DESC NULLS LAST);
ALTER TABLE idp.people ALTER COLUMN attributes SET STORAGE MAIN, ALTER COLUMN realm_id SET STATISTICS 1000, ALTER COLUMN username SET (n_distinct = -1);
CREATE STATISTICS idp.people_names (ndistinct, mcv) ON given_name, family_name FROM idp.people;
CREATE TABLE idp.emails (address idp.email NOT NULL, person_id uuid NOT NULL REFERENCES idp.people (id) ON DELETE CASCADE, is_primary boolean DEFAULT false NOT NULL, verified_at timestamptz, PRIMARY KEY (person_id, address));
CREATE UNIQUE INDEX one_primary_email ON idp.emails (person_id) WHERE is_primary;
CREATE TABLE idp.phones (number text CHECK (number ~ '^\+[0-9]{6,15}$'), person_id uuid NOT NULL REFERENCES idp.people (id) ON DELETE CASCADE, verified_at timestamptz, UNIQUE (number, person_id));
CREATE TABLE idp.factors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id uuid NOT NULL, kind idp.factor_kind NOT NULL, label text DEFAULT '' NOT NULL, added_at timestamptz DEFAULT now() NOT NULL, used_at timestamptz, failures smallint DEFAULT 0 NOT NULL,
    CONSTRAINT factors_person FOREIGN KEY (person_id) REFERENCES idp.people (id) ON DELETE CASCADE, CONSTRAINT factors_kind UNIQUE (id, kind), CONSTRAINT factors_label UNIQUE (person_id, kind, label) DEFERRABLE
);
CREATE TABLE idp.passwords (factor_id bigint PRIMARY KEY REFERENCES idp.factors ON DELETE CASCADE, kind idp.factor_kind DEFAULT 'password' NOT NULL CHECK (kind = 'password'::idp.factor_kind), hash text NOT NULL, set_at timestamptz DEFAULT now(), must_change boolean DEFAULT false, FOREIGN KEY (factor_id, kind) REFERENCES idp.factors (id, kind));
CREATE TABLE idp.passkeys (factor_id bigint REFERENCES idp.factors ON DELETE CASCADE, credential_id bytea NOT NULL, public_key bytea NOT NULL, counter bigint DEFAULT 0, transports text[] DEFAULT '{internal,"usb, or nfc"}', aaguid uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid, fingerprint text GENERATED ALWAYS AS (idp.fingerprint(public_key)) STORED, PRIMARY KEY (factor_id));
CREATE UNIQUE INDEX passkeys_credential ON idp.passkeys USING btree (sha256(credential_id));
CREATE INDEX passkeys_print ON idp.passkeys USING hash (fingerprint);
CREATE TABLE idp.totp_seeds (factor_id bigint PRIMARY KEY REFERENCES idp.factors ON DELETE CASCADE, seed bytea NOT NULL, digits smallint DEFAULT 6 CHECK (digits = ANY (ARRAY[6, 8])), step interval second(0) DEFAULT '00:00:30');
CREATE TABLE idp.recovery_codes (factor_id bigint NOT NULL REFERENCES idp.factors ON DELETE CASCADE, code_hash bytea NOT NULL, spent_at timestamptz, CONSTRAINT recovery_codes_pk PRIMARY KEY (factor_id, code_hash));
CREATE TABLE idp.groups (id serial PRIMARY KEY, realm_id uuid NOT NULL REFERENCES idp.realms ON DELETE CASCADE, path text COLLATE "C" NOT NULL, parent_id integer REFERENCES idp.groups ON DELETE CASCADE, UNIQUE (realm_id, path));
CREATE TABLE idp.group_people (group_id integer REFERENCES idp.groups ON DELETE CASCADE, person_id uuid REFERENCES idp.people (id) ON DELETE CASCADE, until date DEFAULT 'infinity'::date NOT NULL, PRIMARY KEY (group_id, person_id));
CREATE INDEX group_people_person ON idp.group_people (person_id);
CREATE TABLE idp.roles (id smallserial PRIMARY KEY, realm_id uuid REFERENCES idp.realms ON DELETE CASCADE, name idp.slug NOT NULL, composite boolean DEFAULT false NOT NULL, description text);
CREATE UNIQUE INDEX roles_name ON idp.roles (coalesce(realm_id, '00000000-0000-0000-0000-000000000000'::uuid), name);
CREATE TABLE idp.role_parts (role_id smallint REFERENCES idp.roles ON DELETE CASCADE, part_id smallint REFERENCES idp.roles ON DELETE CASCADE, PRIMARY KEY (role_id, part_id), CONSTRAINT no_loop CHECK (role_id <> part_id));
CREATE TABLE idp.role_people (role_id smallint REFERENCES idp.roles, person_id uuid REFERENCES idp.people (id) ON DELETE CASCADE, granted_by uuid REFERENCES idp.people (id) ON DELETE SET NULL, PRIMARY KEY (role_id, person_id));
CREATE TABLE idp.role_groups (role_id smallint REFERENCES idp.roles, group_id integer REFERENCES idp.groups ON DELETE CASCADE, PRIMARY KEY (role_id, group_id));
CREATE TABLE idp.consents (person_id uuid REFERENCES idp.people (id) ON DELETE CASCADE, client_id text COLLATE "C", scopes text[] NOT NULL, given_at timestamptz DEFAULT now(), PRIMARY KEY (person_id, client_id));
CREATE TABLE idp.signing_keys (kid text PRIMARY KEY, realm_id uuid REFERENCES idp.realms, algorithm character varying(10) DEFAULT 'EdDSA' NOT NULL, public_jwk json NOT NULL, private_sealed bytea, active tstzrange NOT NULL DEFAULT tstzrange(now(), now() + '90 days'::interval), CONSTRAINT known_algorithm CHECK (algorithm::text = ANY (ARRAY['EdDSA', 'ES256', 'RS256'])));
CREATE INDEX signing_keys_active ON idp.signing_keys USING gist (active);
CREATE TABLE idp.invitations (token_hash bytea PRIMARY KEY, realm_id uuid NOT NULL REFERENCES idp.realms, mail idp.email NOT NULL, groups integer[] DEFAULT ARRAY[]::integer[], expires_at timestamptz DEFAULT (CURRENT_TIMESTAMP + '3 days'::interval));
CREATE TABLE idp.federations (id serial PRIMARY KEY, realm_id uuid NOT NULL REFERENCES idp.realms, alias idp.slug NOT NULL, config jsonb NOT NULL, "order" integer DEFAULT 0, enabled boolean DEFAULT true NOT NULL, UNIQUE (realm_id, alias));
CREATE TABLE idp.saml_federations (entity_id text NOT NULL, certificate text, CONSTRAINT pem CHECK (certificate LIKE '-----BEGIN%') NO INHERIT) INHERITS (idp.federations);
CREATE TABLE idp.oidc_federations (issuer idp.https_url NOT NULL, pkce boolean DEFAULT true) INHERITS (idp.federations);
CREATE TABLE idp.links (federation_id integer NOT NULL, subject text COLLATE "C" NOT NULL, person_id uuid NOT NULL REFERENCES idp.people (id) ON DELETE CASCADE, claims jsonb, CONSTRAINT links_pk PRIMARY KEY (federation_id, subject));

CREATE TABLE oauth.clients (
    client_id text COLLATE "C" PRIMARY KEY, realm_id uuid NOT NULL REFERENCES idp.realms ON DELETE CASCADE, kind oauth."Client Kind" DEFAULT 'confidential'::oauth."Client Kind" NOT NULL,
    secret_hash text, grants oauth.grant_type[] DEFAULT '{authorization_code,refresh_token}'::oauth.grant_type[] NOT NULL, name text NOT NULL, logo idp.https_url,
    CONSTRAINT public_has_no_secret CHECK (kind = 'confidential' OR secret_hash IS NULL), CONSTRAINT some_grant CHECK (cardinality(grants) > 0)
);
ALTER TABLE idp.consents ADD CONSTRAINT consents_client FOREIGN KEY (client_id) REFERENCES oauth.clients ON UPDATE CASCADE ON DELETE CASCADE;
CREATE INDEX clients_grants ON oauth.clients USING gin (grants);
CREATE TABLE oauth.redirect_uris (client_id text COLLATE "C" REFERENCES oauth.clients ON UPDATE CASCADE ON DELETE CASCADE, uri idp.https_url, PRIMARY KEY (client_id, uri));
CREATE TABLE oauth.scopes (name text PRIMARY KEY, claims text[] DEFAULT ARRAY['sub'::text] NOT NULL, shown boolean DEFAULT true);
COMMENT ON COLUMN oauth.scopes.shown IS 'Whether /.well-known/openid-configuration names it';
CREATE TABLE oauth.client_scopes (client_id text COLLATE "C" REFERENCES oauth.clients ON UPDATE CASCADE ON DELETE CASCADE, scope text REFERENCES oauth.scopes, by_default boolean DEFAULT false, PRIMARY KEY (client_id, scope));
CREATE UNLOGGED TABLE oauth.codes (code_hash bytea PRIMARY KEY, client_id text COLLATE "C" NOT NULL REFERENCES oauth.clients ON DELETE CASCADE, person_id uuid NOT NULL, challenge text, nonce text, expires_at timestamptz DEFAULT (now() + '00:01:00'::interval) NOT NULL) WITH (autovacuum_vacuum_scale_factor = 0.01, toast.autovacuum_enabled = false);
CREATE TABLE oauth.sessions (id uuid DEFAULT public.uuid_generate_v1mc() PRIMARY KEY, person_id uuid NOT NULL REFERENCES idp.people (id) ON DELETE CASCADE, started_at timestamptz DEFAULT now() NOT NULL, seen_at timestamptz, device audit.device, factors idp.factor_kind[]);
CREATE INDEX sessions_seen ON oauth.sessions (seen_at NULLS FIRST) WITH (fillfactor = 70);
CREATE INDEX sessions_address ON oauth.sessions (((device).address)) WHERE (device).address IS NOT NULL;
CREATE TABLE oauth.refresh_tokens (
    hash bytea NOT NULL, session_id uuid NOT NULL, client_id text COLLATE "C" NOT NULL, issued_on date DEFAULT CURRENT_DATE NOT NULL, replaced_by bytea,
    CONSTRAINT refresh_tokens_pk PRIMARY KEY (hash, issued_on), CONSTRAINT refresh_tokens_session FOREIGN KEY (session_id) REFERENCES oauth.sessions ON DELETE CASCADE
) PARTITION BY RANGE (issued_on);
CREATE TABLE oauth.refresh_tokens_q1 PARTITION OF oauth.refresh_tokens FOR VALUES FROM ('2026-01-01') TO ('2026-04-01');
CREATE TABLE oauth.refresh_tokens_q2 (CONSTRAINT q2_only CHECK (issued_on >= '2026-04-01'), LIKE oauth.refresh_tokens INCLUDING DEFAULTS);
ALTER TABLE oauth.refresh_tokens ATTACH PARTITION oauth.refresh_tokens_q2 FOR VALUES FROM ('2026-04-01') TO ('2026-07-01');
CREATE TABLE oauth.refresh_tokens_rest PARTITION OF oauth.refresh_tokens DEFAULT;
CREATE INDEX refresh_tokens_session ON oauth.refresh_tokens (session_id, client_id);
CREATE TABLE oauth.device_codes (user_code character(9) PRIMARY KEY, device_code uuid NOT NULL UNIQUE, person_id uuid, interval_s smallint DEFAULT 5, CONSTRAINT readable CHECK (user_code ~ '^[B-DF-HJ-NP-TV-Z]{4}-[B-DF-HJ-NP-TV-Z]{4}$'));

CREATE TABLE audit.events (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 100), at timestamptz DEFAULT clock_timestamp() NOT NULL, realm_id uuid, actor uuid, action text NOT NULL, outcome audit.outcome DEFAULT 'ok' NOT NULL, device audit.device, details jsonb
) PARTITION BY RANGE (at, outcome);
CREATE TABLE audit.events_2025 PARTITION OF audit.events FOR VALUES FROM ('2025-01-01 00:00:00+00', MINVALUE) TO ('2026-01-01 00:00:00+00', MINVALUE);
CREATE TABLE audit.events_rest PARTITION OF audit.events DEFAULT;
CREATE INDEX events_actor ON audit.events (actor, at DESC) WHERE actor IS NOT NULL;
CREATE INDEX events_at ON audit.events USING brin (at) WITH (pages_per_range = 64);
CREATE TABLE audit.throttles (key text PRIMARY KEY, hits integer DEFAULT 0, window_start timestamptz, penalty interval hour to second DEFAULT '00:00:00') WITH (fillfactor = 50);
ALTER TABLE audit.throttles REPLICA IDENTITY FULL;
ALTER TABLE idp.passwords ENABLE ROW LEVEL SECURITY;

CREATE VIEW idp.live_people AS SELECT p.id, p.realm_id, p.username, p.shown_name, e.address AS mail FROM idp.people p LEFT JOIN idp.emails e ON e.person_id = p.id AND e.is_primary WHERE p.live;
CREATE VIEW idp.effective_roles AS
    WITH RECURSIVE held AS (SELECT rp.person_id, rp.role_id FROM idp.role_people rp UNION SELECT gp.person_id, rg.role_id FROM idp.group_people gp JOIN idp.role_groups rg USING (group_id)),
    every AS (SELECT held.person_id, held.role_id FROM held UNION SELECT every.person_id, rp.part_id FROM every JOIN idp.role_parts rp ON rp.role_id = every.role_id)
    SELECT every.person_id, r.name FROM every JOIN idp.roles r ON r.id = every.role_id;
CREATE VIEW idp.administrators WITH (security_barrier = true) AS SELECT l.* FROM idp.live_people l WHERE EXISTS (SELECT FROM idp.effective_roles x WHERE x.person_id = l.id AND x.name::text = 'administrator');
CREATE MATERIALIZED VIEW audit.daily_logins AS SELECT at::date AS day, outcome, count(DISTINCT actor) AS people FROM audit.events WHERE action = 'login' GROUP BY 1, 2 WITH NO DATA;
CREATE UNIQUE INDEX daily_logins_key ON audit.daily_logins (day DESC, outcome);
CREATE VIEW well_known AS SELECT r.slug, r.issuer, (SELECT json_agg(k.public_jwk ORDER BY k.kid) FROM idp.signing_keys k WHERE k.realm_id = r.id) AS keys FROM idp.realms r;
COMMENT ON VIEW well_known IS 'What /.well-known serves';

CREATE FUNCTION idp.bump() RETURNS trigger LANGUAGE plpgsql AS $bump$ BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $bump$;
CREATE TRIGGER bump BEFORE UPDATE OF username, state, attributes ON idp.people FOR EACH ROW EXECUTE FUNCTION idp.bump();
CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'audit', 'pg_temp' SET lock_timeout TO '2s' AS $$
BEGIN
    INSERT INTO events (action, details) VALUES (TG_ARGV[0], to_jsonb(coalesce(NEW, OLD)) - 'secret_hash');
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER note AFTER INSERT OR DELETE OR UPDATE ON oauth.clients FOR EACH ROW EXECUTE FUNCTION audit.note('client');
CREATE TRIGGER note AFTER DELETE ON idp.people REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION audit.note('erasure');
ALTER TABLE oauth.clients ENABLE ALWAYS TRIGGER note;
CREATE FUNCTION oauth.people_of(client text, VARIADIC scopes text[] DEFAULT '{}') RETURNS SETOF idp.live_people LANGUAGE sql STABLE AS 'SELECT l.* FROM idp.live_people l JOIN idp.consents c ON c.person_id = l.id WHERE c.client_id = client';
