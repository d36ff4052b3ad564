// Asks Go Casbin the questions of a file: ask <directory of the bundle> <questions.csv>
package main

import (
	"encoding/csv"
	"fmt"
	"log"
	"os"

	"github.com/casbin/casbin/v2"
)

func main() {
	bundle, questions := os.Args[1], os.Args[2]
	enforcer, err := casbin.NewEnforcer(bundle+"/model.conf", bundle+"/policy.csv")
	if err != nil {
		log.Fatal(err)
	}
	file, err := os.Open(questions)
	if err != nil {
		log.Fatal(err)
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	differences := 0
	for _, row := range rows {
		allowed, err := enforcer.Enforce(row[0], row[1], row[2], row[3])
		if err != nil {
			log.Fatal(err)
		}
		if allowed != (row[4] == "true") {
			differences++
			fmt.Println("differs:", row)
		}
	}
	fmt.Printf("%d questions, %d differences\n", len(rows), differences)
	if differences > 0 {
		os.Exit(1)
	}
}
