---- Create a schema ----

-- PostgreSQL
-- create schema sales: no lock
CREATE SCHEMA IF NOT EXISTS "sales";
-- MySQL
-- create schema sales: not transactional
CREATE DATABASE IF NOT EXISTS `sales`;
-- MariaDB
-- create schema sales: not transactional
CREATE DATABASE IF NOT EXISTS `sales`;
-- SQLite
-- (nothing to do)

