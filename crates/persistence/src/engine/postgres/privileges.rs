//! What a role may do with the tables of a store, and which grants it lacks.

use std::fmt::Write as _;

use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::error::open::OpenError;

/// A table, and the privileges that are needed on it.
type Needs = [(&'static str, &'static [&'static str])];

/// What a server does. Ids come from identity columns, which need no privilege on their sequence.
pub(crate) const TO_SERVE: &Needs = &[
    ("users", &["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("sessions", &["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("api_keys", &["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("user_roles", &["SELECT", "INSERT", "DELETE"]),
    ("used_signatures", &["SELECT", "INSERT", "DELETE"]),
    ("reset_codes", &["SELECT", "INSERT", "DELETE"]),
    ("audit", &["SELECT", "INSERT"]),
    ("audit_links", &["SELECT", "INSERT"]),
    ("audit_gaps", &["SELECT", "INSERT", "DELETE"]),
    ("audit_head", &["SELECT", "UPDATE"]),
    ("audit_anchor", &["SELECT"]),
    ("hash_cost", &["SELECT", "UPDATE"]),
    ("name_lock", &["SELECT", "UPDATE"]),
    ("schema_levels", &["SELECT"]),
    ("__diesel_schema_migrations", &["SELECT"]),
];

/// What an archive of the audit log does besides. No server has to remove entries.
pub(crate) const TO_ARCHIVE: &Needs =
    &[("audit", &["DELETE"]), ("audit_links", &["DELETE"]), ("audit_anchor", &["UPDATE"])];

/// What commands do that only read users.
pub(crate) const TO_READ: &Needs = &[
    ("users", &["SELECT"]),
    ("user_roles", &["SELECT"]),
    ("schema_levels", &["SELECT"]),
    ("__diesel_schema_migrations", &["SELECT"]),
];

/// A privilege that the role does not have on a table that is there.
#[derive(QueryableByName)]
struct Missing {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    privilege: String,
}

/// Refuses a role that lacks a privilege on a table that is there, and says the grants.
pub(crate) fn require(connection: &mut PgConnection, needs: &Needs) -> Result<(), OpenError> {
    match sql_query(query(needs)).load::<Missing>(connection) {
        Ok(missing) if missing.is_empty() => Ok(()),
        Ok(missing) => Err(OpenError::Privileges(grants(&missing))),
        // An engine without these functions says itself what a statement lacks, and a connection
        // that is gone is noticed by the next one.
        Err(_) => Ok(()),
    }
}

fn query(needs: &Needs) -> String {
    let rows = needs.iter().enumerate().flat_map(|(place, (table, privileges))| {
        privileges
            .iter()
            .enumerate()
            .map(move |(rank, privilege)| format!("({place}, {rank}, '{table}', '{privilege}')"))
    });
    let rows: Vec<_> = rows.collect();
    format!(
        "SELECT quote_ident(current_user) AS role, \
            quote_ident(namespace.nspname) || '.' || quote_ident(class.relname) AS relation, \
            needed.privilege AS privilege \
         FROM (VALUES {}) AS needed (place, rank, relation, privilege) \
         JOIN pg_catalog.pg_class AS class ON class.oid = to_regclass(needed.relation) \
         JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace \
         WHERE NOT has_table_privilege(class.oid, needed.privilege) \
         ORDER BY needed.place, needed.rank",
        rows.join(", ")
    )
}

/// The statements that grant the missing privileges, one for the tables that lack the same.
fn grants(missing: &[Missing]) -> String {
    let mut tables: Vec<(&str, Vec<&str>)> = Vec::new();
    for Missing { relation, privilege, .. } in missing {
        match tables.last_mut() {
            Some((last, privileges)) if last == relation => privileges.push(privilege),
            _ => tables.push((relation, vec![privilege])),
        }
    }
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (table, privileges) in tables {
        match groups.iter_mut().find(|(_, of_group)| *of_group == privileges) {
            Some((tables, _)) => tables.push(table),
            None => groups.push((vec![table], privileges)),
        }
    }
    let role = missing.first().map_or("", |missing| &missing.role);
    let mut grants = String::new();
    for (tables, privileges) in groups {
        let end = if grants.is_empty() { "" } else { "; " };
        let (privileges, tables) = (privileges.join(", "), tables.join(", "));
        // Writing to a text does not fail.
        let _ = write!(grants, "{end}GRANT {privileges} ON {tables} TO {role}");
    }
    grants
}

#[cfg(test)]
mod tests {
    use super::{Missing, grants};

    #[test]
    fn tables_that_lack_the_same_are_in_one_grant() {
        let missing = [("a", "SELECT"), ("a", "INSERT"), ("b", "SELECT"), ("c", "SELECT")];
        let missing = missing.map(|(table, privilege)| Missing {
            role: "\"the app\"".to_owned(),
            relation: format!("public.{table}"),
            privilege: privilege.to_owned(),
        });
        assert_eq!(
            grants(&missing),
            "GRANT SELECT, INSERT ON public.a TO \"the app\"; \
             GRANT SELECT ON public.b, public.c TO \"the app\""
        );
    }
}
