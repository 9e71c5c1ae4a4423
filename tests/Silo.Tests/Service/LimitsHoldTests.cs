using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>Limits and budgets hold whatever a prompt has in it, and whatever an answer takes.</summary>
public sealed class LimitsHoldTests(MeteredService service) : IClassFixture<MeteredService>
{
    private const int Limit = 20_000;
    private const string Keyed = "\"tokens_per_minute\":20000";

    private static readonly string Filler = string.Concat(Enumerable.Repeat("hide ", 8_000));
    private static readonly string Letters = new('a', 40_000);

    [Theory]
    [InlineData("\"tokens_per_minute\":20000", "")]
    [InlineData("\"tokens_per_day\":20000", "")]
    [InlineData("\"tokens_per_month\":20000", "")]
    [InlineData("\"max_concurrency\":10", "?provider=limited")]
    public async Task What_answers_take_beyond_their_reservation_is_taken_at_once(string terms, string query)
    {
        var key = await service.CreateKeyAsync(terms);
        var (statuses, remaining) = (new List<int>(), new List<long>());
        for (var i = 0; i < 25; i++)
        {
            using var answer = await key.PostAsync(
                """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"user":"takes-10005"}""", "/v1/chat/completions" + query);
            statuses.Add((int)answer.StatusCode);
            remaining.Add(long.Parse(answer.Headers.GetValues("x-ratelimit-remaining-tokens").Single(), CultureInfo.InvariantCulture));
        }

        Assert.Equal([200, 200, .. Enumerable.Repeat(429, 23)], statuses);
        Assert.Equal([9_995, .. Enumerable.Repeat(0L, 24)], remaining);
    }

    [Fact]
    public async Task What_answers_cost_beyond_their_reservation_is_taken_at_once()
    {
        // 10,000 tokens of gpt-4o are 0.025 USD.
        var key = await service.CreateKeyAsync("\"budget_usd_per_month\":0.05");
        var statuses = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            using var answer = await key.PostAsync(
                """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"user":"takes-10000"}""");
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 200, .. Enumerable.Repeat(429, 8)], statuses);
        Assert.Equal(0, (await service.RemainingOfAsync(key))["budget_usd_per_month"]);
    }

    public static TheoryData<string, string> HiddenText()
    {
        var data = new TheoryData<string, string>();
        foreach (var model in new[] { "gpt-4o-mini", "o3", "llama3" })
        {
            foreach (var (place, _) in Places)
            {
                data.Add(model, place);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(HiddenText))]
    public async Task Text_is_counted_wherever_in_a_prompt_it_is(string model, string place)
    {
        foreach (var text in new[] { Filler, Letters })
        {
            var key = await service.CreateKeyAsync(Keyed);

            var (statuses, billed) = await key.PostManyAsync(Places[place].Replace("MODEL", model, StringComparison.Ordinal).Replace("TEXT", text, StringComparison.Ordinal), 20);

            Assert.InRange(billed, 0, Limit);
            Assert.All(statuses, status => Assert.Contains(status, (int[])[200, 400, 413, 429]));
        }
    }

    private static readonly Dictionary<string, string> Places = new()
    {
        ["content"] = Body("", "TEXT"),
        ["functions"] = Body(""","functions":[{"name":"f","description":"TEXT","parameters":{"type":"object","properties":{}}}]"""),
        ["response_format"] = Body(""","response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object","description":"TEXT"}}}"""),
        ["tools"] = Body(""","tools":[{"type":"function","function":{"name":"f","description":"TEXT"}}]"""),
        ["tools.parameters"] = Body(""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","description":"TEXT"}}}]"""),
        ["tools.extra"] = Body(""","tools":[{"type":"function","function":{"name":"f","x":"TEXT"}}]"""),
        ["tools.custom"] = Body(""","tools":[{"type":"custom","custom":{"name":"f","description":"TEXT"}}]"""),
        ["tools.type"] = Body(""","tools":[{"type":"TEXT"}]"""),
        ["tool_choice"] = Body(""","tool_choice":{"type":"function","function":{"name":"TEXT"}}"""),
        ["prediction"] = Body(""","prediction":{"type":"content","content":"TEXT"}"""),
        ["stop"] = Body(""","stop":["TEXT"]"""),
        ["user"] = Body(""","user":"TEXT""" + "\""),
        ["reasoning_effort"] = Body(""","reasoning_effort":"TEXT""" + "\""),
        ["unknown"] = Body(""","unknown":"TEXT""" + "\""),
        ["unknown name"] = Body(""","TEXT":1"""),
        ["unknown object"] = Body(""","unknown":{"a":[{"TEXT":{"b":"c"}}]}"""),
        ["metadata"] = Body(""","metadata":{"a":"TEXT"}"""),
        ["file"] = Part("""{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,TEXT"}}"""),
        ["input_audio"] = Part("""{"type":"input_audio","input_audio":{"data":"TEXT","format":"wav"}}"""),
        ["unknown part"] = Part("""{"type":"unknown","unknown":"TEXT"}"""),
        ["type of a part"] = Part("""{"type":"TEXT"}"""),
        ["beside a part's text"] = Part("""{"type":"text","text":"Hi","unknown":"TEXT"}"""),
        ["image that is text"] = Part("""{"type":"image_url","image_url":{"url":"TEXT"}}"""),
        ["detail of an image"] = Part("""{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"TEXT"}}"""),
        ["beside an image's url"] = Part("""{"type":"image_url","image_url":{"url":"https://example.org/a.png","unknown":"TEXT"}}"""),
        ["name"] = Message("""{"role":"user","content":"Hi","name":"TEXT"}"""),
        ["refusal"] = Message("""{"role":"assistant","refusal":"TEXT"}"""),
        ["reasoning_content"] = Message("""{"role":"assistant","content":"Hi","reasoning_content":"TEXT"}"""),
        ["unknown of a message"] = Message("""{"role":"user","content":"Hi","unknown":"TEXT"}"""),
        ["tool_call_id"] = Message("""{"role":"tool","content":"Hi","tool_call_id":"TEXT"}"""),
        ["tool call's arguments"] = Message("""{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"TEXT"}}]}"""),
        ["tool call's id"] = Message("""{"role":"assistant","tool_calls":[{"id":"TEXT","type":"function","function":{"name":"f","arguments":"{}"}}]}"""),
        ["custom tool call"] = Message("""{"role":"assistant","tool_calls":[{"id":"a","type":"custom","custom":{"name":"f","input":"TEXT"}}]}"""),
        ["function_call"] = Message("""{"role":"assistant","content":"Hi","function_call":{"name":"f","arguments":"TEXT"}}"""),
    };

    [Theory]
    [InlineData("gpt-4o-mini", "https://example.org/a.png", null)]
    [InlineData("gpt-4o-mini", "data:image/png;base64,AAAA", null)]
    [InlineData("gpt-4o-mini", "data:image/png;base64,AAAA", "low")]
    [InlineData("gpt-4o-mini", "data:image/png;base64,AAAA", "high")]
    [InlineData("gpt-4o", "https://example.org/a.png", "auto")]
    [InlineData("llama3", "https://example.org/a.png", null)]
    public async Task Images_are_reserved_at_the_most_that_their_vendor_bills(string model, string url, string? detail)
    {
        var key = await service.CreateKeyAsync("\"tokens_per_minute\":150000");
        var image = detail is null ? $$"""{"url":"{{url}}"}""" : $$"""{"url":"{{url}}","detail":"{{detail}}"}""";
        var body = Part($$"""{"type":"image_url","image_url":{{image}}}""").Replace("MODEL", model, StringComparison.Ordinal);

        var (statuses, billed) = await key.PostManyAsync(body, 200);

        Assert.InRange(billed, 1, 150_000);
        Assert.Contains(200, statuses);
    }

    [Fact]
    public async Task An_inline_image_does_not_count_as_text()
    {
        var key = await service.CreateKeyAsync(Keyed);

        using var answer = await key.PostAsync(
            Part($$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Letters}}}"}}""").Replace("MODEL", "gpt-4o", StringComparison.Ordinal));

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Audio_is_reserved_by_its_length()
    {
        var key = await service.CreateKeyAsync(Keyed);
        // Ten seconds of 24,000 samples of 16 bits.
        var wav = new byte[44 + 480_000];
        Encoding.ASCII.GetBytes("RIFF").CopyTo(wav, 0);
        Encoding.ASCII.GetBytes("WAVEfmt ").CopyTo(wav, 8);
        (wav[16], wav[20], wav[22]) = (16, 1, 1);
        BitConverter.GetBytes(24_000).CopyTo(wav, 24);
        BitConverter.GetBytes(48_000).CopyTo(wav, 28);
        (wav[32], wav[34]) = (2, 16);

        using var answer = await key.PostAsync(
            Part($$$"""{"type":"input_audio","input_audio":{"data":"{{{Convert.ToBase64String(wav)}}}","format":"wav"}}""").Replace("MODEL", "gpt-audio", StringComparison.Ordinal)
                .Replace("\"max_tokens\":5", "\"max_tokens\":5,\"user\":\"takes-120\"", StringComparison.Ordinal));

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("\"max_tokens\":2000,\"max_completion_tokens\":1", "max_completion_tokens", 1)]
    [InlineData("\"max_completion_tokens\":3", "max_completion_tokens", 3)]
    [InlineData("\"max_tokens\":4", "max_tokens", 4)]
    [InlineData("\"max_tokens\":4,\"max_completion_tokens\":null", "max_tokens", 4)]
    public async Task One_output_cap_goes_up_and_it_is_the_one_that_was_reserved(string caps, string name, int value)
    {
        foreach (var key in new[] { await service.CreateKeyAsync(Keyed), await service.CreateKeyAsync("\"max_concurrency\":5") })
        {
            var mark = Guid.NewGuid().ToString("N");
            foreach (var path in new[] { "/v1/chat", "/v1/chat/completions" })
            {
                using var answer = await key.PostAsync($$"""{"model":"gpt-4o","messages":[{"role":"user","content":"{{mark}}"}],{{caps}}}""", path);
                Assert.Equal(200, (int)answer.StatusCode);
            }

            var sent = service.SentWith(mark).ToArray();
            Assert.Equal(2, sent.Length);
            Assert.All(sent, body => Assert.Equal(
                [(name, value)],
                body.EnumerateObject().Where(property => property.Name.StartsWith("max", StringComparison.Ordinal)).Select(property => (property.Name, property.Value.GetInt32()))));
        }
    }

    [Theory]
    [InlineData("max_output_tokens", "2000")]
    [InlineData("maxOutputTokens", "2000")]
    [InlineData("maxTokens", "2000")]
    [InlineData("max-tokens", "\"2000\"")]
    [InlineData("max_new_tokens", "2000")]
    [InlineData("MAX_NEW_TOKENS", "2000")]
    [InlineData("num_predict", "2000")]
    [InlineData("n_predict", "-1")]
    [InlineData("max_length", "2000")]
    [InlineData("min_tokens", "2000")]
    [InlineData("best_of", "20")]
    [InlineData("num_return_sequences", "20")]
    [InlineData("use_beam_search", "true")]
    [InlineData("chat_template", "\"{{ x }}\"")]
    [InlineData("thinking_budget", "-1")]
    [InlineData("options", "{\"num_predict\":2000}")]
    [InlineData("options", "{\"NUM_PREDICT\":2000}")]
    [InlineData("generation_config", "{\"maxOutputTokens\":2000}")]
    [InlineData("generation_config", "{\"candidate_count\":20}")]
    [InlineData("extra_body", "{\"a\":[{\"max_tokens\":2000}]}")]
    [InlineData("parameters", "{\"n\":20}")]
    public async Task What_a_server_may_take_for_another_cap_or_more_answers_is_refused_while_tokens_are_limited(string name, string value)
    {
        var (limited, free) = (await service.CreateKeyAsync(Keyed), await service.CreateKeyAsync("\"max_concurrency\":5"));
        var body = Body($$""","{{name}}":{{value}}""").Replace("MODEL", "gpt-4o", StringComparison.Ordinal);

        using var refused = await limited.PostAsync(body);
        using var refusedByProvider = await free.PostAsync(body, "/v1/chat/completions?provider=limited");
        using var passed = await free.PostAsync(body);

        Assert.Equal([400, 400, 200], new[] { refused, refusedByProvider, passed }.Select(answer => (int)answer.StatusCode));
        Assert.StartsWith(name, await ParamOf(refused), StringComparison.Ordinal);
        Assert.StartsWith(name, await ParamOf(refusedByProvider), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"metadata\":{\"max_tokens\":\"2000\"}")]
    [InlineData("\"functions\":[{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"max_tokens\":{\"type\":\"integer\"},\"n\":{\"type\":\"integer\"}}}}]")]
    [InlineData("\"best_of\":1")]
    [InlineData("\"min_tokens\":2")]
    [InlineData("\"top_k\":40,\"repetition_penalty\":1.1")]
    [InlineData("\"thinking_budget\":1000")]
    [InlineData("\"reasoning\":{\"max_tokens\":1000}")]
    public async Task What_only_looks_like_a_cap_passes(string extra)
    {
        var key = await service.CreateKeyAsync(Keyed);

        using var answer = await key.PostAsync(Body("," + extra).Replace("MODEL", "gpt-4o", StringComparison.Ordinal));

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_budget_for_thinking_is_reserved_beside_the_cap()
    {
        var key = await service.CreateKeyAsync(Keyed);

        using var answer = await key.PostAsync(Body(",\"thinking_budget\":20000").Replace("MODEL", "gpt-4o", StringComparison.Ordinal));

        Assert.Equal(413, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Small_requests_are_reserved_at_little_more_than_they_take()
    {
        var key = await service.CreateKeyAsync("\"tokens_per_minute\":60");

        using var answer = await key.PostAsync("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"temperature":0.5}""");

        Assert.Equal(200, (int)answer.StatusCode);
    }

    private static string Body(string more, string text = "Hi") =>
        $$"""{"model":"MODEL","messages":[{"role":"user","content":"{{text}}"}],"max_tokens":5{{more}}}""";

    private static string Part(string part) =>
        $$"""{"model":"MODEL","messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{{part}}]}],"max_tokens":5}""";

    private static string Message(string message) =>
        $$"""{"model":"MODEL","messages":[{"role":"user","content":"Hi"},{{message}}],"max_tokens":5}""";

    private static async Task<string?> ParamOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString();
}
