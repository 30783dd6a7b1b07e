#!/bin/sh
# Run once, when the database is made: who may log in, and the database itself. What each may do with the tables,
# `casedrift migrate` says, which makes them. By hand: POSTGRES_USER=postgres SECRETS=deploy/secrets sh deploy/postgres/roles.sh
set -eu
psql --set ON_ERROR_STOP=1 --set secrets="${SECRETS:-/run/secrets}" --no-psqlrc --quiet \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set migrate_password `cat :'secrets'/migrate_password`
\set worker_password `cat :'secrets'/worker_password`
\set feed_password `cat :'secrets'/feed_password`
\set reader_password `cat :'secrets'/reader_password`
-- A statement that fails is else written into the server's log, with the password in it.
SET log_min_error_statement = panic;
CREATE ROLE casedrift_worker NOLOGIN;
CREATE ROLE casedrift_feed NOLOGIN;
CREATE ROLE casedrift_reader NOLOGIN;
CREATE ROLE migrate LOGIN PASSWORD :'migrate_password';
CREATE ROLE worker LOGIN PASSWORD :'worker_password' IN ROLE casedrift_worker;
CREATE ROLE feed LOGIN PASSWORD :'feed_password' IN ROLE casedrift_feed;
CREATE ROLE reader LOGIN PASSWORD :'reader_password' IN ROLE casedrift_reader;
CREATE DATABASE casedrift OWNER migrate;
REVOKE ALL ON DATABASE casedrift FROM PUBLIC;
\connect casedrift
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO migrate;
SQL
