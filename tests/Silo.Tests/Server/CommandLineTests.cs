using Prism.Silo.Server;

namespace Prism.Tests.Server;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--Prism:Port=1", "--help")]
    public void Help_is_said(params string[] args)
    {
        var (code, output, error) = Answer(args);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("LLM_REDIS_URL", output, StringComparison.Ordinal);
        Assert.Contains("LLM_<NAME>_API_KEY", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_said() => Assert.Matches(@"^prism \d+\.\d+\.\d+\S*\s$", Answer("--version").Output);

    [Theory]
    [InlineData("unknown option '--port'. Did you mean --Prism:Port, which LLM_PORT sets too?", "--port=8001")]
    [InlineData("unknown option '--Prism:Prot'. Did you mean --Prism:Port", "--Prism:Prot", "1")]
    [InlineData("unknown option '--log-level'. Did you mean --Prism:LogLevel", "--log-level=debug")]
    [InlineData("unknown option '--Prism:Providers:groq:Prot'.", "--Prism:Providers:groq:Prot=1")]
    [InlineData("unknown option '--verbose'.", "--verbose")]
    [InlineData("'run' is not an option.", "run")]
    [InlineData("'--Prism:Port' has no value.", "--Prism:Port")]
    public void What_nothing_would_read_is_said_without_its_value(string problem, params string[] args)
    {
        var (code, output, error) = Answer(args);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("prism: " + problem, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData]
    [InlineData("--Prism:Port=8001")]
    [InlineData("--Prism:Port", "8001")]
    [InlineData("/prism:port", "8001", "--environment=Development")]
    [InlineData("--Prism:Auth:ApiKeys:0=sk-1", "--Prism:Providers:groq:BaseUrl=http://a", "--Prism:Providers:echo:Delay=00:00:01")]
    public void A_start_is_no_answer(params string[] args) => Assert.Equal((null, "", ""), Answer(args));

    private static (int? Code, string Output, string Error) Answer(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (CommandLine.Answer(args, output, error), output.ToString(), error.ToString());
    }
}
