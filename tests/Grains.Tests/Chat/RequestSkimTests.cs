using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Tokens;
using Prism.Providers;

namespace Prism.Tests.Chat;

/// <summary>What a skim accepts, the canonical reader accepts too, and both read the same of it.</summary>
public sealed class RequestSkimTests
{
    private static readonly string[] Bodies =
    [
        """{"messages":[{"role":"user","content":"Hi"}]}""",
        """{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello, wörld \u00e9 \ud83d\ude00 \" \\ \n"}],"temperature":0.50,"max_tokens":64}""",
        """{"model":null,"stream":true,"stream_options":{"include_usage":false},"messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}],"n":2,"stop":["x","y"],"seed":-7,"user":"u"}""",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]}],"top_p":1e-1,"stream":true,"stream_options":{}}""",
        """{"messages":[{"role":"user","content":"Call"},{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"index":0}]},{"role":"tool","tool_call_id":"c1","content":"42"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"Größe":{"type":"string"},"toString":{}}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false}""",
        """{"messages":[{"role":"user","content":"J"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"Type":"odd","properties":{"A":1,"a":2}},"strict":true}},"reasoning_effort":"low","presence_penalty":-2,"frequency_penalty":2.0,"max_completion_tokens":1}""",
        """{"messages":[{"role":"assistant","reasoning_content":"hm","content":""},{"role":"user","name":"bob","content":"x"}],"metadata":{"a":"b"},"logit_bias":{"50256":-100},"service_tier":"flex","stream":true,"stream_options":null}""",
        """{"messages":[{"role":"user","content":"x"}],"metadata":{"a":"b"},"logit_bias":{"50256":-100},"store":true,"top_k":4,"logprobs":true,"top_logprobs":5,"verbosity":"low","prompt_cache_key":"k","prompt_cache_retention":"24h","safety_identifier":"u"}""",
        """ { "messages" : [ { "role" : "user" , "content" : "spaced" } ] , "stream" : true , "stream_options" : { "include_usage" : true , "include_obfuscation" : false } } """,
    ];

    public static TheoryData<string> All => [.. Bodies];

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_valid_beyond_doubt_is_skimmed(string body) => Assert.NotNull(RequestSkim.TryRead(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_skim_reads_what_the_canonical_form_has()
    {
        foreach (var body in Bodies.SelectMany(Mutations.Of).Where(body => RequestSkim.TryRead(Encoding.UTF8.GetBytes(body)) is not null))
        {
            var (skim, canonical) = (RequestSkim.TryRead(Encoding.UTF8.GetBytes(body))!, ReadCanonical(body));
            Assert.True(canonical is not null, $"The canonical reader refuses what the skim accepts: {body}");
            Assert.True(ChatRequestValidator.Validate(canonical) is null, $"The validator refuses what the skim accepts: {body}");
            Assert.Equal(canonical.Model, skim.Model);
            Assert.Equal(canonical.Stream == true, skim.Stream);
            Assert.Equal(canonical.StreamOptions?.IncludeUsage == true, skim.IncludeUsage);
            Assert.Equal((canonical.MaxTokens, canonical.MaxCompletionTokens, canonical.N), (skim.MaxTokens, skim.MaxCompletionTokens, skim.N));
            Assert.Equal(canonical.Messages.Length, skim.Messages);
            Assert.Equal(canonical.Tools is { IsDefault: false } tools ? tools.Length : 0, skim.Tools);
        }
    }

    // For a limit, the pipeline takes the counts of a plain request in the place of its canonical form.
    [Fact]
    public void A_plain_request_costs_no_more_than_its_skim_says()
    {
        // A quarter of the bytes of "model":"m", which a prompt does not have.
        const int OfModel = 3;
        var bound = new PromptBound(new TokenCounter());
        foreach (var body in Bodies.SelectMany(Mutations.Of))
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            if (RequestSkim.TryRead(bytes) is not { IsPlain: true } skim)
            {
                continue;
            }

            var canonical = ReadCanonical(body)! with { Model = skim.Model ?? "m" };
            var (ofSkim, ofCanonical) = (CallRequest.Of(new RawRequest(bytes, skim)).At(canonical.Model), CallRequest.Of(canonical));
            var (boundOfSkim, boundOfCanonical) =
                (bound.Of(ofSkim, long.MaxValue, ProviderType.OpenAi), bound.Of(canonical, long.MaxValue, ProviderType.OpenAi));
            Assert.True(PricedFeatures.Of(canonical) == default, $"It may have a price: {body}");
            Assert.True(ExtraParameters.Of(ofCanonical, ProviderType.OpenAi) == default, $"It may have other tokens: {body}");
            Assert.True(boundOfSkim + OfModel >= boundOfCanonical, $"{boundOfSkim} are fewer tokens than {boundOfCanonical}: {body}");
        }
    }

    [Theory]
    [InlineData("store")]
    [InlineData("top_k")]
    [InlineData("logprobs")]
    [InlineData("metadata")]
    [InlineData("verbosity")]
    [InlineData("logit_bias")]
    [InlineData("top_logprobs")]
    [InlineData("prompt_cache_key")]
    [InlineData("safety_identifier")]
    [InlineData("prompt_cache_retention")]
    public void A_parameter_without_a_price_needs_no_canonical_form(string name) =>
        Assert.True(RequestSkim.TryRead(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"a"}],"{{name}}":1}"""))!.IsPlain);

    [Theory]
    [InlineData("unknown", "1")]
    [InlineData("best_of", "2")]
    [InlineData("functions", "[]")]
    [InlineData("store", """{"max_length":9}""")]
    [InlineData("logprobs", """[{"max_length":9}]""")]
    public void A_parameter_that_may_have_a_price_needs_it(string name, string value) =>
        Assert.False(RequestSkim.TryRead(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"a"}],"{{name}}":{{value}}}"""))!.IsPlain);

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"Model":"x"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"model":"x","model":"y"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"metadata":{"a":1,"a":2}}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"m\u006fdel":"x"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"\ude00\ud83d"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"max_tokens":1,"max_completion_tokens":2}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"max_tokens":1,"max_completion_tokens":null}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"template":"t"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"fallbacks":[]}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"role":"User","content":"a"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]} x""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void What_is_in_doubt_is_left_to_the_canonical_form(string body) => Assert.Null(RequestSkim.TryRead(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Bytes_that_are_not_text_are_left_to_the_canonical_form() =>
        Assert.Null(RequestSkim.TryRead([.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xFF, .. "\"}]}"u8]));

    [Fact]
    public void What_is_spliced_is_what_the_canonical_form_would_be_sent_as()
    {
        foreach (var body in Bodies.SelectMany(Mutations.Of))
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            if (RequestSkim.TryRead(bytes) is not { } skim)
            {
                continue;
            }

            foreach (var cap in new OutputCap?[] { null, new(7, IsNewer: false), new(7, IsNewer: true) })
            {
                if (cap is not null && (skim.MaxTokens ?? skim.MaxCompletionTokens) is not null)
                {
                    continue;
                }

                var output = new ArrayBufferWriter<byte>();
                new RequestSplice("the \"model\"", cap?.Name, cap?.Tokens ?? 0, AsksForUsage: skim.Stream).Write(output, bytes, skim);
                var sent = JsonNode.Parse(output.WrittenSpan)!.AsObject();
                var expected = JsonNode.Parse(body)!.AsObject();
                expected["model"] = "the \"model\"";
                if (cap is { } added)
                {
                    expected[added.Name] = added.Tokens;
                }

                if (skim.Stream)
                {
                    expected["stream_options"] ??= new JsonObject();
                    expected["stream_options"]!["include_usage"] = true;
                }

                Assert.True(JsonNode.DeepEquals(expected, sent), $"{body} went out as {Encoding.UTF8.GetString(output.WrittenSpan)}");
            }
        }
    }

    [Fact]
    public void What_does_not_change_goes_out_as_it_came()
    {
        const string Body = """ {"messages":[{"role":"user","content":"\u0041 é"}], "temperature":0.50,"x":1e2, "model":"m"} """;
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(Body);
        new RequestSplice("m", null, 0, AsksForUsage: false).Write(output, bytes, RequestSkim.TryRead(bytes)!);
        Assert.Equal(Body, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static ChatRequest? ReadCanonical(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ChatJson.Strict.ChatRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A body with each of its values replaced by others in turn, and each of its properties left out, given twice, and renamed.</summary>
    private static class Mutations
    {
        private static readonly string[] Values = ["null", "true", "7", "-1.5", "1e400", "99999999999", "\"\"", "\"text\"", "[]", "[null]", "[\"a\"]", "{}", "{\"a\":1}", "{\"A\":1}"];

        public static IEnumerable<string> Of(string body)
        {
            yield return body;
            foreach (var (start, end, isName) in Tokens(body))
            {
                if (isName)
                {
                    var name = body[(start + 1)..(end - 1)];
                    yield return string.Concat(body.AsSpan(0, start), $"\"{name.ToUpperInvariant()}\"", body.AsSpan(end));
                    yield return string.Concat(body.AsSpan(0, start), $"\"{name}\":1,", body.AsSpan(start));
                    yield return string.Concat(body.AsSpan(0, start), "\"unknown\"", body.AsSpan(end));
                    continue;
                }

                foreach (var value in Values)
                {
                    yield return string.Concat(body.AsSpan(0, start), value, body.AsSpan(end));
                }
            }
        }

        private static List<(int Start, int End, bool IsName)> Tokens(string body)
        {
            // Positions in bytes are positions in characters only here.
            var ascii = Encoding.ASCII.GetBytes(body);
            var (tokens, open) = (new List<(int, int, bool)>(), new Stack<int>());
            var reader = new Utf8JsonReader(ascii);
            while (reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(start);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        tokens.Add((open.Pop(), end, false));
                        break;
                    case JsonTokenType.PropertyName:
                        tokens.Add((start, body.IndexOf('"', start + 1) + 1, true));
                        break;
                    default:
                        tokens.Add((start, end, false));
                        break;
                }
            }

            return tokens;
        }
    }
}
