-- Corrections of what was sent, where a period was published anew; how many.
SELECT corrections_queue()
