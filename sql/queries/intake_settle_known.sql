-- Duplicates among the records in stage_known; the others go to the stage.
SELECT merge_known()
