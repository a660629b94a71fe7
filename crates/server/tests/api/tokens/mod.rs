mod create;
mod delete;
mod lifetime;
mod signing;
mod test_vectors;
