using System.Text;
using Prism.Grains.Interfaces.Memory;
using Prism.Pipeline.Caching;

namespace Prism.Tests.Cache;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : 1, "a" : [ true , null ] }""", """{"a":[true,null],"b":1}""")]
    [InlineData("""{"b":{"d":1,"c":2},"a":[{"z":1,"y":2},[]]}""", """{"a":[{"y":2,"z":1},[]],"b":{"c":2,"d":1}}""")]
    [InlineData("{}", "{}")]
    [InlineData("[ ]", "[]")]
    [InlineData("""{"a":{},"":[]}""", """{"":[],"a":{}}""")]
    [InlineData("""{"aa":1,"a":2,"ab":3,"A":4}""", """{"A":4,"a":2,"aa":1,"ab":3}""")]
    [InlineData("""{"ü":1,"z":2}""", """{"z":2,"ü":1}""")]
    [InlineData("[1.0,1e2,0.10,-0.0,1E-7,2.50]", "[1,100,0.1,-0,1E-07,2.5]")]
    [InlineData("[9007199254740993,123456789012345678901234567890]", "[9007199254740993,123456789012345678901234567890]")]
    [InlineData("[1e999]", "[1e999]")]
    [InlineData("""["a \" b","\\"]""", """["a \" b","\\"]""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":1,"a":2}""")]
    public void All_texts_of_one_meaning_have_one_form(string json, string canonical) => Assert.Equal(canonical, Canonicalise(json));

    [Fact]
    public void Objects_of_any_size_are_sorted_with_all_they_contain()
    {
        var names = Enumerable.Range(0, 1_000).Select(i => $"\"{(i * 7919) % 1_000:D4}\":{{\"b\":{i},\"a\":\"{new string('x', i % 50)}\"}}").ToArray();
        var sorted = names.Order(StringComparer.Ordinal).Select(member => System.Text.RegularExpressions.Regex.Replace(
            member, """\{("b":\d+),("a":".*")\}""", "{$2,$1}"));

        Assert.Equal($"{{{string.Join(',', sorted)}}}", Canonicalise($"{{{string.Join(',', names)}}}"));
    }

    [Fact]
    public void What_is_left_out_is_left_out_at_its_depth_only()
    {
        using var output = new PooledBuffer();
        new CanonicalJson(output, (name, depth) => depth == 0 && name.SequenceEqual("user"u8))
            .Write("""{"user":{"user":1},"a":{"user":2},"b":[{"user":3}]}"""u8);

        Assert.Equal("""{"a":{"user":2},"b":[{"user":3}]}""", Encoding.UTF8.GetString(output.Written));
    }

    private static string Canonicalise(string json)
    {
        using var output = new PooledBuffer();
        new CanonicalJson(output, (_, _) => false).Write(Encoding.UTF8.GetBytes(json));
        return Encoding.UTF8.GetString(output.Written);
    }
}
