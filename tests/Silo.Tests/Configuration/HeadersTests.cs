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
    [InlineData(Secret, "is wrong in item 1: it is not name=value")]
    [InlineData("a=1,Bearer " + Secret, "is wrong in item 2: it is not name=value")]
    [InlineData("=" + Secret, "is wrong in item 1: it has no header name")]
    [InlineData("two words=" + Secret, "is wrong in item 1: it has no header name")]
    [InlineData("a:b=" + Secret, "is wrong in item 1: it has no header name")]
    [InlineData("a=1," + Secret + "=2,A=3", "is wrong in item 3: an earlier item has the same name")]
    [InlineData("a=", "is wrong in item 1: it has no value")]
    [InlineData("a=%20", "is wrong in item 1: it has no value")]
    [InlineData("a=" + Secret + "%2", "is wrong in item 1: its value has a percent sign")]
    [InlineData("a=" + Secret + "%zz", "is wrong in item 1: its value has a percent sign")]
    [InlineData("a=" + Secret + "%0D%0Ahost: x", "is wrong in item 1: its value has a character")]
    [InlineData("a=" + Secret + "é", "is wrong in item 1: its value has a character")]
    [InlineData("a=" + Secret + "%C3%A9", "is wrong in item 1: its value has a character")]
    [InlineData("host=" + Secret, "is wrong in item 1: Prism sets the header 'host' itself")]
    [InlineData("Content-Type=" + Secret, "sets the header \'Content-Type\' itself")]
    [InlineData("content-encoding=" + Secret, "sets the header \'content-encoding\' itself")]
    [InlineData("Expires=" + Secret, "sets the header \'Expires\' itself")]
    [InlineData("Transfer-Encoding=" + Secret, "sets the header \'Transfer-Encoding\' itself")]
    [InlineData("Connection=" + Secret, "sets the header \'Connection\' itself")]
    [InlineData("TE=" + Secret, "sets the header \'TE\' itself")]
    [InlineData("Upgrade=" + Secret, "sets the header \'Upgrade\' itself")]
    [InlineData("Proxy-Authorization=" + Secret, "sets the header \'Proxy-Authorization\' itself")]
    [InlineData("proxy-connection=" + Secret, "sets the header 'proxy-connection' itself")]
    [InlineData("Anthropic-Version=" + Secret, "sets the header 'Anthropic-Version' itself")]
    [InlineData("Accept-Encoding=" + Secret, "sets the header \'Accept-Encoding\' itself")]
    [InlineData("Idempotency-Key=" + Secret, "sets the header \'Idempotency-Key\' itself")]
    [InlineData("traceparent=" + Secret, "sets the header \'traceparent\' itself")]
    [InlineData("User-Agent=" + Secret, "sets the header \'User-Agent\' itself")]
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
