//! The tables as the migrations leave them, in types that every backend has.

diesel::table! {
    users (id) {
        id -> BigInt,
        version -> BigInt,
        create_time -> BigInt,
        name -> Text,
        name_key -> Text,
        name_skeleton -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        status -> Text,
        password_hash -> Text,
        password_version -> BigInt,
    }
}

diesel::table! {
    user_roles (user_id, name) {
        user_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    sessions (key) {
        key -> Text,
        user_id -> BigInt,
        last_active -> BigInt,
        id -> BigInt,
        begin_time -> BigInt,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        hash -> Binary,
        prefix -> Text,
        name -> Text,
        scopes -> Text,
        create_time -> BigInt,
        expire_time -> Nullable<BigInt>,
        last_use -> Nullable<BigInt>,
    }
}

diesel::table! {
    reset_codes (user_id) {
        user_id -> BigInt,
        hash -> Text,
        expire_time -> BigInt,
    }
}

diesel::table! {
    used_signatures (id) {
        id -> BigInt,
        remembered -> Binary,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        time -> BigInt,
        actor -> Text,
        actor_id -> Nullable<BigInt>,
        actor_name -> Nullable<Text>,
        action -> Text,
        user_id -> Nullable<BigInt>,
        user_name -> Nullable<Text>,
        changes -> Text,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        format -> BigInt,
        client_request_id -> Nullable<Text>,
    }
}

diesel::table! {
    audit_links (number) {
        number -> BigInt,
        entry_id -> BigInt,
        hash -> Text,
        time -> BigInt,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        user_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_gaps (id) {
        id -> BigInt,
        since -> BigInt,
    }
}

diesel::table! {
    audit_head (id) {
        id -> BigInt,
        number -> BigInt,
        hash -> Text,
        entry_id -> BigInt,
    }
}

diesel::table! {
    audit_anchor (id) {
        id -> BigInt,
        number -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    name_lock (id) {
        id -> BigInt,
        uses -> BigInt,
    }
}

diesel::table! {
    hash_cost (id) {
        id -> BigInt,
        cost -> BigInt,
    }
}

diesel::table! {
    schema_levels (migration) {
        migration -> Text,
        level -> BigInt,
        lowest -> BigInt,
    }
}

diesel::joinable!(user_roles -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(api_keys -> users (user_id));
diesel::joinable!(audit_links -> audit (entry_id));
diesel::allow_tables_to_appear_in_same_query!(users, user_roles, sessions, api_keys);
diesel::allow_tables_to_appear_in_same_query!(audit, audit_links, audit_gaps);
diesel::allow_tables_to_appear_in_same_query!(audit_head, schema_levels);
