-- upgrade b: create b
CREATE TABLE `t_b` (
  `id` bigint NOT NULL,
  `note` varchar(50),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

START TRANSACTION;

UPDATE `retort_version` SET `version_num` = 'b' WHERE `version_num` = 'a';

INSERT INTO `retort_history` (`revision`, `direction`, `started_at`, `finished_at`, `duration_ms`, `statements`, `step`, `checksum`, `tool_version`, `outcome`) VALUES ('b', 'upgrade', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0, 1, 1, 'CHECKSUM', '', 'done');

COMMIT;

