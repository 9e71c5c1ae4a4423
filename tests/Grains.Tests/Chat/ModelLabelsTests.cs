using Prism.Grains.Usage;

namespace Prism.Tests.Chat;

public class ModelLabelsTests
{
    [Fact]
    public void A_configured_model_is_a_label_from_the_start()
    {
        var labels = new ModelLabels(["a", "a", "b"], capacity: 0);

        Assert.Equal(["a", "b", ModelLabels.Other], new[] { "a", "b", "c" }.Select(labels.LabelOf));
    }

    [Fact]
    public void A_model_that_has_answered_is_a_label_while_there_is_room()
    {
        var labels = new ModelLabels(["a"], capacity: 2);
        foreach (var model in new[] { "a", "b", "b", "c", "d" })
        {
            labels.OnAnswered(model);
        }

        Assert.Equal(["a", "b", "c", ModelLabels.Other], new[] { "a", "b", "c", "d" }.Select(labels.LabelOf));
    }

    [Fact]
    public void One_new_model_takes_one_place_however_many_answers_come_at_once()
    {
        for (var round = 0; round < 100; round++)
        {
            var labels = new ModelLabels([], capacity: 2);
            Parallel.For(0, 64, _ => labels.OnAnswered("first"));
            labels.OnAnswered("second");

            Assert.Equal("second", labels.LabelOf("second"));
        }
    }

    [Fact]
    public void However_many_models_answer_at_once_no_more_than_fit_become_labels()
    {
        var labels = new ModelLabels([], capacity: 10);
        var models = Enumerable.Range(0, 1000).Select(i => $"model-{i}").ToArray();

        Parallel.ForEach(models, labels.OnAnswered);

        Assert.Equal(10, models.Count(model => labels.LabelOf(model) == model));
    }
}
