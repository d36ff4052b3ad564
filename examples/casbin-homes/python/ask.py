"""Asks pycasbin the questions of a file: ask.py <directory of the bundle> <questions.csv>"""

import csv
import logging
import sys

import casbin

bundle, questions = sys.argv[1:]
enforcer = casbin.Enforcer(f"{bundle}/model.conf", f"{bundle}/policy.csv")
logging.disable(logging.CRITICAL)

asked = differences = 0
with open(questions, newline="") as file:
    for *question, expected in csv.reader(file):
        asked += 1
        if enforcer.enforce(*question) != (expected == "true"):
            differences += 1
            print("differs:", *question, "expected", expected)
print(f"{asked} questions, {differences} differences")
sys.exit(1 if differences else 0)
