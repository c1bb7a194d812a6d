package reflect
import ("testing";"context";"os";"time")
func TestTmp(t *testing.T){
 for range 2 {
 st:=time.Now()
 d,err:=Discover(context.Background(),DiscoverOptions{Dir:os.Getenv("TMPDIRX")})
 if err!=nil{t.Fatal(err)}
 t.Log(time.Since(st), len(d.Positions), len(d.Candidates), d.Problems)
 for i,c:=range d.Candidates{ if i<20{t.Log(c.ImportPath,c.TypeName,c.Line,c.Taken,c.Reason)}}
 }
}
