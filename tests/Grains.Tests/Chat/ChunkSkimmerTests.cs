using System.Text;
using Prism.Formats.OpenAi.Chat;

namespace Prism.Tests.Chat;

/// <summary>A skimmer reads of each chunk what a skim alone reads of it, whatever chunk came before.</summary>
public sealed class ChunkSkimmerTests
{
    private static readonly string[] Chunks =
    [
        Chunk("""{"content":" token"}"""),
        Chunk("""{"content":""}"""),
        Chunk("""{"content":" other"}"""),
        Chunk("""{"content":"wörd 世界 😀"}"""),
        Chunk("""{"content":"a\"b"}"""),
        Chunk("""{"content":"a\\"}"""),
        Chunk("""{"content":"a\u0041"}"""),
        Chunk("{\"content\":\"a\tb\"}"),
        Chunk("""{"content":null}"""),
        Chunk("""{"content":5}"""),
        Chunk("""{"content":"x","refusal":"y"}"""),
        Chunk("""{"role":"assistant","content":"x"}"""),
        Chunk("""{"reasoning_content":"hm"}"""),
        Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}]}"""),
        Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"b"}}]}"""),
        Chunk("""{"content":"x"}""", finish: "\"stop\""),
        Chunk("""{"content":"y"}""", finish: "\"stop\""),
        Chunk("""{"content":"y"}""", id: "another"),
        Chunk("""{"content":"y"}""", more: ",\"service_tier\":\"flex\""),
        Chunk("""{"content":"z"}""", more: ",\"service_tier\":\"flex\""),
        Chunk("""{"content":"y"}""", more: ",\"obfuscation\":\"Ab1\""),
        Chunk("""{"content":"longer"}""", more: ",\"obfuscation\":\"Xy\""),
        Chunk("""{"content":"z"}""", more: ",\"obfuscation\":\"\""),
        Chunk("""{"content":"z"}""", more: ",\"obfuscation\":\"a\\\"\""),
        Chunk("""{"content":"z"}""", more: ",\"obfuscation\":{\"a\":\"b\"}"),
        Chunk("""{"content":"z"}""", more: ",\"obfuscation\":\"a\",\"obfuscation\":\"b\""),
        Chunk("""{"content":"x"}}],"choices":[{"index":0,"delta":{"content":"y"}"""),
        Chunk("""{"content":"x"}""") + " ",
        Chunk("""{"content":"x"}""")[..^1],
        Chunk("""{"content":"x"}""") + "}",
        "{}",
        "",
    ];

    [Fact]
    public void It_reads_of_each_chunk_what_a_skim_reads()
    {
        var random = new Random(20261201);
        for (var stream = 0; stream < 2_000; stream++)
        {
            var skimmer = new ChunkSkimmer();
            for (var i = 0; i < 20; i++)
            {
                AssertSame(skimmer, Chunks[random.Next(Chunks.Length)]);
            }
        }
    }

    [Fact]
    public void It_reads_texts_of_every_length_after_one_another()
    {
        var skimmer = new ChunkSkimmer();
        for (var length = 0; length < 3_000; length = (length * 3 / 2) + 1)
        {
            AssertSame(skimmer, Chunk($$"""{"content":"{{new string('é', length)}}"}"""));
            AssertSame(skimmer, Chunk("""{"content":"a"}"""));
        }
    }

    private static string Chunk(string delta, string finish = "null", string id = "chatcmpl-1", string more = "") =>
        $$"""{"id":"{{id}}","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]{{more}}}""";

    private static void AssertSame(ChunkSkimmer skimmer, string chunk)
    {
        var data = Encoding.UTF8.GetBytes(chunk);
        Assert.Equal(Describe(ChunkSkim.TryRead(data, out var expected), expected, data), Describe(skimmer.TryRead(data, out var skim), skim, data));
    }

    private static string Describe(bool isRead, ChunkSkim skim, byte[] data) => !isRead ? "" :
        $"{skim.Index} {skim.HasOutput} {skim.IsFinish} {skim.Tier} "
        + string.Join('|', skim.Output.ToArray().Select(text => Encoding.UTF8.GetString(data, text.Start, text.Length)));
}
