-- For a page that shows nothing of the store: whether what it holds is real.
SELECT plain_frame()
