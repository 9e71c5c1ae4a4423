using Prism.Pipeline.Costs;

namespace Prism.Tests.Costs;

public sealed class PriceFileTests
{
    [Theory]
    [InlineData("""[]""", "the file has to be an object")]
    [InlineData("""{"openai":1}""", "openai has to be an object")]
    [InlineData("""{"openai":{"model":{}}}""", "openai.model is unknown; the fields are date, source and models")]
    [InlineData("""{"openai":{"models":{"m.1":{"input":1}}}}""", "openai.models['m.1'].output is missing")]
    [InlineData("""{"openai":{"models":{"m":{"output":1}}}}""", "openai.models['m'].input is missing")]
    [InlineData("""{"openai":{"models":{"m":{"input":1,"output":1,"cache_read":1}}}}""", "openai.models['m'].cache_read is unknown")]
    [InlineData("""{"openai":{"models":{"m":{"input":"1","output":1}}}}""", "openai.models['m'].input has to be a number of USD")]
    [InlineData("""{"openai":{"models":{"m":{"input":-1,"output":1}}}}""", "openai.models['m'].input has to be a number of USD")]
    [InlineData("""{"openai":{"models":{"m":{"input":1,"output":1e7}}}}""", "openai.models['m'].output has to be a number of USD")]
    [InlineData("""{"openai":{"models":{"m":{"input":1,"output":0.0000000001}}}}""", "openai.models['m'].output has to be a number of USD")]
    [InlineData("""{"openai":{}, "openai":{}}""", "is not valid JSON")]
    [InlineData("""{"openai":""", "is not valid JSON")]
    [InlineData("", "is not valid JSON")]
    public void What_is_wrong_with_a_file_is_said_with_the_field(string json, string problem)
    {
        using var file = new PricesFile(json);

        Assert.Contains(problem, PriceFile.FindProblem(file.Path), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Prices.Read(file.Path));
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() =>
        Assert.Contains("cannot be read", PriceFile.FindProblem("/nowhere/prices.json"), StringComparison.Ordinal);

    [Fact]
    public void A_file_may_be_empty_of_prices()
    {
        using var file = new PricesFile("{}");

        Assert.Null(PriceFile.FindProblem(file.Path));
    }
}
