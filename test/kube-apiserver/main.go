// Command kube-apiserver-for-tests is etcd, the Kubernetes API server and kubectl in one binary,
// so that a test needs nothing but this file: no container, no cluster, no download of three programs.
//
//	kube etcd <folder> <client-port> <peer-port>
//	kube apiserver <flags of kube-apiserver>
//	kube kubectl <arguments of kubectl>
//
// The two servers end when their standard input ends: a test that is killed takes its servers along.
// etcd then removes its folder too, because a killed test cannot.
package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: kube etcd|apiserver|kubectl ...")
		os.Exit(2)
	}
	verb := os.Args[1]
	// The commands read os.Args themselves (kubectl looks for plugins in it), so the verb has to go.
	os.Args = append([]string{verb}, os.Args[2:]...)
	switch verb {
	case "etcd":
		if err := runEtcd(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "etcd:", err)
			os.Exit(1)
		}
	case "apiserver":
		dieWithStdin(func() {})
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "unknown verb %q: use etcd, apiserver or kubectl\n", verb)
		os.Exit(2)
	}
}

// dieWithStdin ends this process as soon as the parent's end of the pipe is closed.
func dieWithStdin(last func()) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		last()
		os.Exit(0)
	}()
}

func runEtcd(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: kube etcd <folder> <client-port> <peer-port>")
	}
	folder := args[0]
	dieWithStdin(func() { _ = os.RemoveAll(folder) })
	client := url.URL{Scheme: "http", Host: "127.0.0.1:" + args[1]}
	peer := url.URL{Scheme: "http", Host: "127.0.0.1:" + args[2]}
	config := embed.NewConfig()
	config.Dir = filepath.Join(folder, "etcd")
	config.ListenClientUrls = []url.URL{client}
	config.AdvertiseClientUrls = []url.URL{client}
	config.ListenPeerUrls = []url.URL{peer}
	config.AdvertisePeerUrls = []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	// The data lives as long as one test run: nothing is worth waiting for a disk.
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	server, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-stop:
		server.Close()
		return nil
	case err := <-server.Err():
		return err
	}
}
