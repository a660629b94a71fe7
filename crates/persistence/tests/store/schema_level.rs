//! Migrations of later releases: which of them this binary writes beside, and which it refuses.

use rollcall_domain::{RoleName, Roles, StoreError, UserChange, UserOrder, UserStore, WriteError};
use rollcall_persistence::{
    BackupError, CopyError, DatabaseUrl, Exporter, Importer, OpenError, SCHEMA_LEVEL, Store,
    back_up, check, copy,
};

use super::{
    BY, all, database_url, demote,
    migrations::{Database, known_versions},
    named, new_url, new_user,
};

/// The version of a migration that no release has.
const FUTURE: &str = "29990101000000";

/// The first migration that records a level.
const FIRST: &str = "20261128050000";

const LEVELS: &str = "SELECT migration || '|' || level || '|' || lowest AS line \
    FROM schema_levels ORDER BY level";

/// Does to a store what a later release will: a column more, and a level.
fn migrate_to(url: &str, level: i64, lowest: i64) {
    Database::connect(url).execute(&format!(
        "ALTER TABLE users ADD COLUMN future TEXT;
         INSERT INTO schema_levels (migration, level, lowest)
         VALUES ('{FUTURE}', {level}, {lowest});
         INSERT INTO __diesel_schema_migrations (version) VALUES ('{FUTURE}')"
    ));
}

/// A store with one user, and its URL.
fn store_with_alice() -> (tempfile::TempDir, String, DatabaseUrl) {
    let (folder, text) = new_url();
    let url = database_url(&text);
    Store::open(&url).unwrap().insert(&new_user("alice", Roles::admin()), &BY).unwrap();
    (folder, text, url)
}

fn with_roles() -> UserChange {
    let mut roles = Roles::admin();
    roles.insert(RoleName::parse("auditor").unwrap());
    UserChange { roles: Some(roles.into()), ..UserChange::default() }
}

fn exported(url: &DatabaseUrl) -> usize {
    Exporter::open(url).unwrap().total()
}

/// Every way to open the store at `url`, and what it said; copies go to or come from another store.
fn refusals(url: &DatabaseUrl) -> Vec<(&'static str, Option<OpenError>)> {
    let (_folder, other) = new_url();
    let other = database_url(&other);
    drop(Store::open(&other).unwrap());
    let copying = |outcome| match outcome {
        Err(CopyError::Source(error) | CopyError::Target(error)) => Some(error),
        _ => None,
    };
    let mut refusals = vec![
        ("open", Store::open(url).err()),
        ("open existing", Store::open_existing(url).err()),
        ("export", Exporter::open(url).err()),
        ("import", Importer::open(url).err()),
        ("rehearsal", Importer::rehearse(url).err()),
        ("copy from", copying(copy(url, &other, |_| ()))),
    ];
    if let DatabaseUrl::Sqlite(path) = url {
        let backup = path.with_extension("backup");
        let opening = |outcome| match outcome {
            Err(BackupError::Open(error)) => Some(error),
            _ => None,
        };
        refusals.push(("back up", opening(back_up(path, &backup))));
        refusals.push(("check", opening(check(path))));
    }
    refusals
}

#[test]
fn the_level_of_this_binary_is_that_of_its_last_migration() {
    let (_folder, text) = new_url();
    drop(Store::open(&database_url(&text)).unwrap());
    let recording = known_versions().into_iter().filter(|version| version.as_str() >= FIRST);
    let recorded = Database::connect(&text).lines(LEVELS, LEVELS);
    let (mut lowest_so_far, mut last) = (0, 0);
    for (line, version) in recorded.iter().zip(recording.clone()) {
        let (migration, levels) = line.split_once('|').unwrap();
        let (level, lowest) = levels.split_once('|').unwrap();
        let (level, lowest): (i64, i64) = (level.parse().unwrap(), lowest.parse().unwrap());
        assert_eq!((migration, level), (version.as_str(), last + 1), "each adds one level");
        assert!((lowest_so_far..=level).contains(&lowest), "{line}");
        (lowest_so_far, last) = (lowest, level);
    }
    assert_eq!((recorded.len(), last), (recording.count(), SCHEMA_LEVEL));
}

#[test]
fn a_compatible_later_migration_is_written_beside() {
    let (_folder, text, url) = store_with_alice();
    migrate_to(&text, SCHEMA_LEVEL + 5, SCHEMA_LEVEL);
    let columns = Database::connect(&text).columns();
    assert!(columns.contains(&"users.future?".to_owned()));
    for (name, store) in [("bob", Store::open(&url)), ("carol", Store::open_existing(&url))] {
        let store = store.unwrap();
        let user = store.insert(&new_user(name, Roles::admin()), &BY).unwrap();
        store.update(user.id, &demote(), &BY).unwrap();
        assert!(store.find(&named("alice")).unwrap().is_some());
    }
    for mut importer in [Importer::rehearse(&url).unwrap(), Importer::open(&url).unwrap()] {
        importer.begin().unwrap();
        importer.add(&[(1, new_user("dave", Roles::default()))]).unwrap();
        importer.commit().unwrap();
    }
    assert_eq!(exported(&url), 4);
    if let DatabaseUrl::Sqlite(path) = &url {
        let backup = path.with_extension("backup");
        std::fs::write(&backup, "").unwrap();
        assert_eq!((back_up(path, &backup).unwrap(), check(&backup).unwrap()), (4, 4));
        let backup = format!("sqlite://{}", backup.display());
        assert_eq!(Database::connect(&backup).columns(), columns);
    }
    assert_eq!(Database::connect(&text).columns(), columns);
}

#[test]
fn a_copy_goes_to_a_later_schema_but_not_from_one() {
    let (_folder, text, url) = store_with_alice();
    let (_other_folder, other_text) = new_url();
    let other = database_url(&other_text);
    drop(Store::open(&other).unwrap());
    migrate_to(&other_text, SCHEMA_LEVEL + 1, SCHEMA_LEVEL);
    assert_eq!(copy(&url, &other, |_| ()).unwrap().target.users, 1);
    assert_eq!(all(&Store::open(&other).unwrap(), UserOrder::Id).len(), 1);
    let (_third_folder, third) = new_url();
    // What only the later release knows of would be lost.
    let lossy = copy(&other, &database_url(&third), |_| ()).unwrap_err();
    assert!(matches!(lossy, CopyError::Source(OpenError::Newer(found)) if found == FUTURE));
    let levels = Database::connect(&text).lines(LEVELS, LEVELS);
    assert_eq!(i64::try_from(levels.len()), Ok(SCHEMA_LEVEL));
}

#[test]
fn an_incompatible_later_migration_is_refused_by_all() {
    let (_folder, text, url) = store_with_alice();
    migrate_to(&text, SCHEMA_LEVEL + 5, SCHEMA_LEVEL + 3);
    let (columns, levels) = {
        let mut database = Database::connect(&text);
        (database.columns(), database.lines(LEVELS, LEVELS))
    };
    let expected = format!(
        "the store requires a release of schema level {} or higher; this one has {SCHEMA_LEVEL}",
        SCHEMA_LEVEL + 3
    );
    for (what, refusal) in refusals(&url) {
        let said = refusal.map(|error| error.to_string());
        assert_eq!(said.as_deref(), Some(expected.as_str()), "{what}");
    }
    let mut database = Database::connect(&text);
    assert_eq!((database.columns(), database.lines(LEVELS, LEVELS)), (columns, levels));
}

#[test]
fn an_open_store_stops_writing_once_its_level_is_too_low() {
    let (_folder, text, url) = store_with_alice();
    let store = Store::open(&url).unwrap();
    let alice = store.find(&named("alice")).unwrap().unwrap().user;
    migrate_to(&text, SCHEMA_LEVEL + 1, SCHEMA_LEVEL + 1);
    for refused in [
        store.insert(&new_user("bob", Roles::admin()), &BY).map(drop),
        store.update(alice.id, &with_roles(), &BY).map(drop),
    ] {
        let unavailable = matches!(refused, Err(WriteError::Store(StoreError::Unavailable(_))));
        assert!(unavailable, "{refused:?}");
    }
    assert_eq!(all(&store, UserOrder::Id), [alice]);
}

#[test]
fn a_copy_to_an_incompatible_schema_writes_nothing() {
    let (_folder, _, url) = store_with_alice();
    let (_other_folder, other_text) = new_url();
    let other = database_url(&other_text);
    drop(Store::open(&other).unwrap());
    migrate_to(&other_text, SCHEMA_LEVEL + 1, SCHEMA_LEVEL + 1);
    let refused = copy(&url, &other, |_| ()).unwrap_err();
    let CopyError::Target(OpenError::Level { lowest, own }) = refused else { panic!("{refused}") };
    assert_eq!((lowest, own), (SCHEMA_LEVEL + 1, SCHEMA_LEVEL));
    let users = "SELECT name AS line FROM users";
    assert_eq!(Database::connect(&other_text).lines(users, users), [""; 0]);
}
