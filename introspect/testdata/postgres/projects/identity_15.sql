-- What the identity server uses since it runs on PostgreSQL 15.
-- namespaces: idp, oauth, audit
-- requires: 15
-- extends: identity.sql
CREATE TABLE idp.delegations (
    realm_id uuid NOT NULL, person_id uuid NOT NULL, deputy_id uuid, reason text,
    PRIMARY KEY (realm_id, person_id),
    CONSTRAINT delegations_person FOREIGN KEY (realm_id, person_id) REFERENCES idp.people ON DELETE CASCADE,
    CONSTRAINT delegations_deputy FOREIGN KEY (realm_id, deputy_id) REFERENCES idp.people (realm_id, id) ON DELETE SET NULL (deputy_id),
    CONSTRAINT one_deputy UNIQUE NULLS NOT DISTINCT (realm_id, deputy_id)
);
CREATE UNIQUE INDEX roles_name_again ON idp.roles (realm_id, name) NULLS NOT DISTINCT;
CREATE VIEW idp.my_delegations WITH (security_invoker = true) AS SELECT * FROM idp.delegations WHERE deputy_id IS NOT NULL;
