-- What came with PostgreSQL 15.
CREATE TABLE tenants (id integer PRIMARY KEY, code text, UNIQUE NULLS NOT DISTINCT (code));
CREATE TABLE members (
    tenant_id integer,
    user_id integer,
    manager_id integer,
    nick text,
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT members_manager FOREIGN KEY (tenant_id, manager_id) REFERENCES members (tenant_id, user_id) ON DELETE SET NULL (manager_id)
);
CREATE UNIQUE INDEX members_nick ON members (nick) NULLS NOT DISTINCT WHERE nick <> '';
CREATE VIEW own_members WITH (security_invoker = true) AS SELECT * FROM members;
