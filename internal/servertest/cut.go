package servertest

import (
	"io"
	"net"
	"net/url"
	"regexp"
	"sync"
	"testing"
)

// Cutter stands between a program and the server of a URL, and cuts all connections when one sends a message of its choice.
type Cutter struct {
	// URL leads to the same database through the cutter, without encryption.
	URL string

	listener net.Listener
	server   string

	mutex    sync.Mutex
	cut      Cut
	messages int
	conns    map[net.Conn]bool
	created  []string
}

// Cut says when a [Cutter] cuts. The zero value never does.
type Cut struct {
	At       int  // the number of the message, from 1
	Answered bool // the server gets that message, and what it answers is lost; otherwise it does not get it
	Gone     bool // afterwards nobody gets through any more
}

// NewCutter lends a cutter until the end of the test.
func NewCutter(tb testing.TB, rawURL string, cut Cut) *Cutter {
	tb.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		tb.Fatal("the server's URL cannot be read")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	c := &Cutter{listener: listener, server: u.Host, cut: cut, conns: map[net.Conn]bool{}}
	u.Host = listener.Addr().String()
	c.URL = u.String()
	go c.accept()
	tb.Cleanup(func() {
		shut(listener)
		c.closeAll()
	})
	return c
}

// Messages returns how many messages the program has sent.
func (c *Cutter) Messages() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.messages
}

// Created returns the databases that the program asked the server to create.
func (c *Cutter) Created() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.created
}

func (c *Cutter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.server)
		if err != nil {
			shut(client)
			continue
		}
		c.mutex.Lock()
		gone := c.cut.Gone && c.cut.At > 0 && c.messages >= c.cut.At
		c.conns[client], c.conns[server] = true, true
		c.mutex.Unlock()
		if gone {
			shut(client)
			shut(server)
			continue
		}
		go c.up(client, server)
		go c.down(client, server)
	}
}

var createDatabase = regexp.MustCompile("CREATE DATABASE [`\"]([^`\"]+)[`\"]")

// up passes on what the program sends. The programs of the tests wait for the answer to one message before the next.
func (c *Cutter) up(client, server net.Conn) {
	defer shut(client)
	defer shut(server)
	buffer := make([]byte, 1<<20)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		c.mutex.Lock()
		c.messages++
		now := c.messages == c.cut.At
		if found := createDatabase.FindSubmatch(buffer[:n]); found != nil {
			c.created = append(c.created, string(found[1]))
		}
		if now { // before the server can answer
			for conn := range c.conns {
				if conn != server {
					shut(conn)
				}
			}
		}
		c.mutex.Unlock()
		if now && !c.cut.Answered {
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil || now {
			return
		}
	}
}

func (c *Cutter) down(client, server net.Conn) {
	defer shut(client)
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if n > 0 {
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (c *Cutter) closeAll() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for conn := range c.conns {
		shut(conn)
	}
}

// shut closes a connection that may be closed already.
func shut(one io.Closer) { _ = one.Close() }
