-- Run once, in single-user mode, in a new cluster of our own.
CREATE ROLE nq17_owner LOGIN;

CREATE ROLE nq17_collector LOGIN BYPASSRLS;

CREATE ROLE nq17_web LOGIN;

CREATE ROLE nq17_reports LOGIN;

CREATE DATABASE nq17 OWNER nq17_owner;

REVOKE ALL ON DATABASE nq17 FROM PUBLIC;

GRANT CONNECT ON DATABASE nq17 TO nq17_collector, nq17_web, nq17_reports;

