using Prism.Providers;

namespace Prism.Tests.Configuration;

/// <summary><c>LLM_&lt;P&gt;_HEADERS</c>.</summary>
public sealed class HeadersTests
{
    private const string Secret = "hidden-value-1";

    [Fact]
    public void They_are_pairs_between_commas()
    {
        var options = SiloHost.Read<ProvidersOptions>(new() { ["LLM_OPENAI_HEADERS"] = "OpenAI-Organization=org-1, x-list = a%2Cb " });

        Assert.Equal(["OpenAI-Organization=org-1", "x-list=a,b"], Of(options, "openai"));
        Assert.Empty(Of(options, "ollama"));
    }

    [Fact]
    public void The_file_may_have_them_as_a_list()
    {
        var options = SiloHost.Read<ProvidersOptions>(new(), new() { ["Prism:Providers:ollama:Headers:0"] = "a=1", ["Prism:Providers:ollama:Headers:1"] = "b=2" });

        Assert.Equal(["a=1", "b=2"], Of(options, "ollama"));
    }

    [Theory]
    [InlineData(Secret, "has an item 1 that is not name=value")]
    [InlineData("a=1,Bearer " + Secret, "has an item 2 that is not name=value")]
    [InlineData("=" + Secret, "has an item 1 that has no name")]
    [InlineData("two words=" + Secret, "has an item 1 that has no name")]
    [InlineData("a:b=" + Secret, "has an item 1 that has no name")]
    [InlineData("a=1," + Secret + "=2,A=3", "has an item 3 that has the name of another")]
    [InlineData("a=", "has an item 1 that has no value")]
    [InlineData("a=%20", "has an item 1 that has no value")]
    [InlineData("a=" + Secret + "%2", "has an item 1 that has a percent sign")]
    [InlineData("a=" + Secret + "%zz", "has an item 1 that has a percent sign")]
    [InlineData("a=" + Secret + "%0D%0Ahost: x", "has an item 1 that has a character")]
    [InlineData("a=" + Secret + "é", "has an item 1 that has a character")]
    [InlineData("a=" + Secret + "%C3%A9", "has an item 1 that has a character")]
    [InlineData("host=" + Secret, "has an item 1 that is 'host', which is for Prism to set")]
    [InlineData("Content-Type=" + Secret, "is 'Content-Type'")]
    [InlineData("content-encoding=" + Secret, "is 'content-encoding'")]
    [InlineData("Expires=" + Secret, "is 'Expires'")]
    [InlineData("Transfer-Encoding=" + Secret, "is 'Transfer-Encoding'")]
    [InlineData("Connection=" + Secret, "is 'Connection'")]
    [InlineData("TE=" + Secret, "is 'TE'")]
    [InlineData("Upgrade=" + Secret, "is 'Upgrade'")]
    [InlineData("Proxy-Authorization=" + Secret, "is 'Proxy-Authorization'")]
    [InlineData("Accept-Encoding=" + Secret, "is 'Accept-Encoding'")]
    [InlineData("Idempotency-Key=" + Secret, "is 'Idempotency-Key'")]
    [InlineData("traceparent=" + Secret, "is 'traceparent'")]
    [InlineData("User-Agent=" + Secret, "is 'User-Agent'")]
    public async Task What_cannot_be_a_header_stops_the_start(string headers, string problem)
    {
        var line = await SiloHost.FailAsync(new() { ["LLM_OPENAI_HEADERS"] = headers });

        Assert.Contains("LLM_OPENAI_HEADERS (Prism:Providers:openai:Headers) ", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "authorization")]
    [InlineData("anthropic", "X-API-Key")]
    [InlineData("ollama", "Authorization")]
    public async Task The_keys_header_is_not_set_beside_a_key(string type, string header)
    {
        var variables = new Dictionary<string, string>
        {
            ["LLM_PROVIDERS"] = "added",
            ["LLM_ADDED_TYPE"] = type,
            ["LLM_ADDED_BASE_URL"] = "http://added.test",
            ["LLM_ADDED_DEFAULT_MODEL"] = "m",
            ["LLM_ADDED_HEADERS"] = $"{header}=Basic {Secret}",
        };

        Assert.Equal([$"{header}=Basic {Secret}"], Of(SiloHost.Read<ProvidersOptions>(variables), "added"));
        var line = await SiloHost.FailAsync(new(variables) { ["LLM_ADDED_API_KEY"] = "sk-1" });
        Assert.Contains("LLM_ADDED_HEADERS (Prism:Providers:added:Headers) has the header", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Of(ProvidersOptions options, string provider) =>
        options.Providers[provider].Headers.Select(header => $"{header.Key}={header.Value}");
}
