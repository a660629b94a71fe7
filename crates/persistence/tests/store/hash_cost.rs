//! The highest cost of any hash: it is kept, and only grows.

use rollcall_domain::{HashCost, PasswordHash, Roles, UserStore};
use rollcall_persistence::{Importer, Store, copy};

use crate::{BY, database_url, migrations::Database, new_store, new_url, new_user, plain_user};

const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

fn cost(store: &Store) -> Option<u32> {
    store.hash_cost().unwrap().map(HashCost::get)
}

fn raise(store: &Store, cost: u32) {
    store.raise_hash_cost(HashCost::new(cost).unwrap()).unwrap();
}

fn import(url: &rollcall_persistence::DatabaseUrl, name: &str, hash: &str) {
    let user = plain_user(name).with_password(PasswordHash::from_store(hash.to_owned()));
    let mut importer = Importer::open(url).unwrap();
    importer.begin().unwrap();
    importer.add(&[(1, user)]).unwrap();
    importer.commit().unwrap();
}

#[test]
fn the_cost_is_raised_and_never_lowered() {
    let store = new_store();
    assert_eq!(cost(&store), None);
    for (raised, expected) in [(5, 5), (4, 5), (16, 16), (12, 16)] {
        raise(&store, raised);
        assert_eq!(cost(&store), Some(expected));
    }
}

#[test]
fn an_import_raises_the_cost_to_that_of_its_hashes() {
    let store = new_store();
    import(&store.url, "alice", HASH);
    assert_eq!(cost(&store), Some(5));
    import(&store.url, "bob", &HASH.replace("$05$", "$04$"));
    assert_eq!(cost(&store), Some(5));
    // A user that is left out because its name is taken raises nothing.
    import(&store.url, "alice", &HASH.replace("$05$", "$09$"));
    assert_eq!(cost(&store), Some(5));
}

#[test]
fn a_copy_has_the_cost_of_its_source_and_of_its_hashes() {
    for (raised, expected) in [(4, 5), (7, 7)] {
        let source = new_store();
        import(&source.url, "alice", HASH);
        // As if a hash had been written past the service.
        Database::connect(&source.text).execute("UPDATE hash_cost SET cost = 0");
        raise(&source, raised);
        let (_folder, target) = new_url();
        copy(&source.url, &database_url(&target), |_| ()).unwrap();
        assert_eq!(cost(&Store::open(&database_url(&target)).unwrap()), Some(expected));
    }
}

#[test]
fn a_store_of_an_earlier_release_learns_the_cost_of_its_hashes() {
    let (_folder, url) = new_url();
    let parsed = database_url(&url);
    let store = Store::open(&parsed).unwrap();
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    import(&parsed, "bob", HASH);
    import(&parsed, "carol", &HASH.replace("$05$", "$11$"));
    import(&parsed, "dave", &HASH.replace("$05$", "$99$"));
    drop(store);
    Database::connect(&url).execute(
        "DROP TABLE hash_cost;
         DELETE FROM __diesel_schema_migrations WHERE version = '20261128010000'",
    );
    assert_eq!(cost(&Store::open(&parsed).unwrap()), Some(11));
}
