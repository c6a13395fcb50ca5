SELECT method_model()
